import { fail } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { BOUNDS } from "./client.contract.ts";
import { decode } from "./parse.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const wrapped = (more: string) => bytesOf(`{"req_id":1,"method":"GET_TIME","more":${more}}`);
const said = { ok: true, value: { on: "asked", id: 1 } };

describe("a long message", () => {
  it("of many values is refused before it is read", () => {
    const long = "x".repeat(4_000);
    const keys = Array.from({ length: 1_100 }, (_, n) => `"key${n}":0`).join(",");
    const crowds = [`[${"{},".repeat(2_000)}0]`, `{${keys}}`, `["${long}"${",[]".repeat(600)}]`];
    for (const crowd of crowds) {
      expect(decode(wrapped(crowd), BOUNDS)).toEqual(fail("frame_malformed"));
    }
  });

  it("of few values is read, whatever stands in its strings", () => {
    for (const text of [",".repeat(9_000), "{[,".repeat(9_000), '"\\,'.repeat(9_000)]) {
      expect(decode(wrapped(JSON.stringify(text)), BOUNDS)).toMatchObject(said);
      expect(decode(wrapped(JSON.stringify({ [text]: text })), BOUNDS)).toMatchObject(said);
    }
  });

  it("of a megabyte is read", () => {
    const text = "x".repeat(1_048_000);
    expect(decode(wrapped(JSON.stringify(text)), BOUNDS)).toMatchObject(said);
  });

  it("whose last string does not end is refused", () => {
    for (const end of ['"', '"\\"', '"\\\\\\"']) {
      const text = `${"x".repeat(5_000)}${end}`;
      expect(decode(bytesOf(`{"req_id":1,"more":"${text}`), BOUNDS)).toEqual(
        fail("frame_malformed"),
      );
    }
  });
});
