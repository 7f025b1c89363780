import type { Frame } from "@roundhouse/protocol";
import { describeProtocol } from "@roundhouse/protocol/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOUNDS, Client, loggedIn } from "./client.contract.ts";
import { type Ask, entryOf } from "./methods.ts";
import { decode } from "./parse.ts";
import { scrp } from "./protocol.ts";
import { faultyFields, methods, rightFields } from "./requests.contract.ts";

const serials = fc.oneof(fc.nat(5), fc.constantFrom(0, 4_294_967_295));
const requests = fc
  .constantFrom(...methods)
  .chain((method) =>
    fc.record({ req_id: serials, method: fc.constant(method), more: rightFields(method) }),
  )
  .map(({ more, ...head }) => ({ ...head, ...more }));
const mistaken = fc
  .constantFrom(...methods)
  .chain(faultyFields)
  .chain((it) => fc.record({ req_id: serials, it: fc.constant(it) }))
  .map(({ req_id, it }) => ({ req_id, method: it.method, ...it.fields }));
/** What opens a session, so that the machine gets far. */
const openings = fc.constantFrom(
  { req_id: 1, method: "LOG_IN", user_id: "ana", user_password: "a secret" },
  { req_id: 2, method: "LOG_OUT" },
  { req_id: 3, method: "DELETE_USER", user_password: "a secret" },
);
const messages = fc.oneof(
  { weight: 4, arbitrary: requests },
  { weight: 2, arbitrary: mistaken },
  { weight: 3, arbitrary: openings },
);
const bytesOf = (message: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(message));

describeProtocol("scrp", {
  open: scrp,
  frames: fc.oneof(
    { weight: 4, arbitrary: messages.map((it): Frame => bytesOf(it)) },
    { weight: 1, arbitrary: fc.tuple(messages, fc.nat(), fc.nat(255)).map(mutated) },
  ),
});

describe("requests", () => {
  it("an accepted one is written again as it was read", () => {
    fc.assert(
      fc.property(messages, (message) => {
        const said = decode(bytesOf(message), BOUNDS);
        if (!said.ok || said.value.on !== "asked") return;
        const written = bytesOf(rewritten(said.value.id, said.value.ask));
        expect(decode(written, BOUNDS)).toEqual(said);
        const again = decode(written, BOUNDS);
        if (!again.ok || again.value.on !== "asked") throw new Error("it was accepted before");
        expect(bytesOf(rewritten(again.value.id, again.value.ask))).toEqual(written);
      }),
    );
  });

  it("are read the same from text and from bytes", () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(decode(JSON.stringify(message), BOUNDS)).toEqual(decode(bytesOf(message), BOUNDS));
      }),
    );
  });

  it("are read whatever else they carry", () => {
    const more = fc.dictionary(
      fc.string().map((it) => `x${it}`),
      fc.jsonValue({ maxDepth: 2 }),
    );
    fc.assert(
      fc.property(messages, more, (message, extra) => {
        expect(decode(bytesOf({ ...extra, ...message }), BOUNDS)).toEqual(
          decode(bytesOf(message), BOUNDS),
        );
      }),
    );
  });
});

describe("errors come in ascending order: the smallest number that applies", () => {
  const faulty = fc.constantFrom(...methods).chain(faultyFields);

  it("to a stranger", () => {
    fc.assert(
      fc.property(faulty, ({ method, fields, errs }) => {
        const client = new Client();
        client.says(method, fields);
        const [expected] = smallest(entryOf(method).for === "user" ? [...errs, 250] : errs);
        if (expected === undefined) expect(numbersOf(client)).not.toContain(233);
        else expect(numbersOf(client)).toEqual([expected]);
      }),
      { numRuns: 600 },
    );
  });

  it("to whoever is logged in", () => {
    fc.assert(
      fc.property(faulty, ({ method, fields, errs }) => {
        const client = loggedIn();
        client.says(method, fields);
        if (errs.length > 0) client.finds();
        const [expected] = smallest(entryOf(method).for === "stranger" ? [...errs, 251] : errs);
        if (expected !== undefined) expect(numbersOf(client)).toEqual([expected]);
        else expect(numbersOf(client).every((err) => err === 900 || err === 801)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});

const smallest = (errs: readonly number[]): readonly number[] => [...errs].sort((a, b) => a - b);
const numbersOf = (client: Client): readonly unknown[] => client.hears().map(({ err }) => err);

/** As a client would write it: access as its number. */
function rewritten(id: number, { method, ...fields }: Ask): object {
  const given = Object.entries(fields).map(([name, value]): readonly [string, unknown] => {
    if (name === "room_access" || name === "room_access_type") {
      return [name, ["public", "password", "permission"].indexOf(String(value))];
    }
    if (name === "action_type") {
      return [name, ["reject", "approve", "ignore"].indexOf(String(value))];
    }
    return [name, value];
  });
  return { req_id: id, method, ...Object.fromEntries(given) };
}

/** One byte in the middle replaced by another. */
function mutated([message, place, by]: readonly [unknown, number, number]): Frame {
  const bytes = bytesOf(message);
  bytes[place % bytes.length] = by;
  return bytes;
}
