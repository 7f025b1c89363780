import { describe, expect, it } from "vitest";
import { version1, version2 } from "./dialect.ts";
import { pack, unpack } from "./msgpack.ts";

const arrived = (value: unknown): ArrayBuffer => pack(value).buffer;

describe("version 1", () => {
  it("writes and reads JSON, and shows it as it is", () => {
    const text = version1.write({ command: "idme", data: "ana", request: 3 });
    expect(text).toBe('{"command":"idme","data":"ana"}');
    expect(version1.read(text)).toEqual({ command: "idme", data: "ana" });
    expect(version1.show(text)).toBe(text);
    expect(version1.copy("nonsense")).toBe("nonsense");
  });

  it("makes nothing of binary frames", () => {
    expect(version1.read(arrived(["idyou", {}]))).toBeUndefined();
  });
});

describe("version 2", () => {
  it("writes and reads arrays, with the number of a request", () => {
    const words = { command: "say", data: { channel: "pit", text: "hello" } };
    expect(unpack(version2.write(words) as Uint8Array)).toEqual(["say", words.data]);
    expect(unpack(version2.write({ ...words, request: 3 }) as Uint8Array)).toEqual([
      "say",
      words.data,
      3,
    ]);
    expect(version2.read(arrived(["ok", {}, 3]))).toEqual(["ok", {}, 3]);
  });

  it("shows neither passwords nor tokens", () => {
    const shown = version2.show(pack(["login", { id: "ana", password: "secret 1" }, 1]));
    expect(shown).toBe('["login",{"id":"ana","password":"…"},1]');
    expect(version2.show(arrived(["ok", { token: "a.b.c" }, 1]))).toBe('["ok",{"token":"…"},1]');
  });

  it.each([
    { text: '["whothere",{},1]', frame: ["whothere", {}, 1] },
    { text: '{"command":"status","data":"away"}', frame: ["status", "away"] },
    { text: '"whothere"', frame: ["whothere", {}] },
  ])("takes somebody's own $text", ({ text, frame }) => {
    expect(unpack(version2.copy(text) as Uint8Array)).toEqual(frame);
  });

  it.each(["nonsense", "7", "null", "{}"])("cannot take %s", (text) => {
    expect(version2.copy(text)).toBeUndefined();
  });
});
