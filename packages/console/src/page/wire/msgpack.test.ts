import { describe, expect, it } from "vitest";
import { pack, unpack } from "./msgpack.ts";

const hex = (bytes: Uint8Array): string => {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};
const bytes = (digits: string): Uint8Array => {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
};

describe("msgpack", () => {
  it.each([
    null,
    true,
    false,
    0,
    127,
    128,
    -1,
    -32,
    -33,
    1.5,
    1_800_000_000_000,
    "",
    "🚂".repeat(8),
    "x".repeat(32),
    "x".repeat(70_000),
    [],
    Array.from({ length: 16 }, (_, index) => index),
    { channel: "CStrike", actions: [{ data: { do: "drive", reach: -0.25 } }] },
    Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key ${index}`, index])),
  ])("comes back as it was: %#", (value) => {
    expect(unpack(pack(value))).toEqual(value);
  });

  it("writes what version 2 shows on its page", () => {
    expect(hex(pack(["idyou", { version: 2 }]))).toBe("92a56964796f7581a776657273696f6e02");
  });

  it("leaves out what is undefined, as JSON does", () => {
    expect(unpack(pack({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });

  it.each([
    { digits: "cc80", value: 128 },
    { digits: "cd0100", value: 256 },
    { digits: "ce00010000", value: 65_536 },
    { digits: "cf0000000100000000", value: 4_294_967_296 },
    { digits: "d080", value: -128 },
    { digits: "d1ff00", value: -256 },
    { digits: "ca3fc00000", value: 1.5 },
    { digits: "d90161", value: "a" },
    { digits: "dc0001c0", value: [null] },
    { digits: "de0001a16101", value: { a: 1 } },
  ])("reads what others write: $digits", ({ digits, value }) => {
    expect(unpack(bytes(digits))).toEqual(value);
  });

  it.each(["", "92a161", "a5616263", "c1", "d40100", "0000"])("makes nothing of %j", (digits) => {
    expect(unpack(bytes(digits))).toBeUndefined();
  });

  it("does not mix up a user called __proto__ with the language", () => {
    const statuses = JSON.parse('{"__proto__":"online"}');
    expect(Object.entries(unpack(pack(statuses)) as object)).toEqual([["__proto__", "online"]]);
  });
});
