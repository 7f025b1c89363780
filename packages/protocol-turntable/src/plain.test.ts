import fc from "fast-check";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import { decodeMsgpack } from "./msgpack.ts";
import { isPlainMsgpack } from "./plain.ts";

const packr = new Packr({ useRecords: false });
const bounds = {
  depthMax: 32,
  actionsMax: 4,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 1_000,
};
const hex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

describe("plain msgpack", () => {
  it("is whatever a library writes for JSON values", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isPlainMsgpack(packr.pack(value))).toBe(true);
      }),
    );
  });

  it("is never cut short and has nothing behind it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
        const bytes = packr.pack(value);
        expect(isPlainMsgpack(bytes.subarray(0, cut % bytes.length))).toBe(false);
        expect(isPlainMsgpack(Buffer.concat([bytes, Buffer.from([0xc0])]))).toBe(false);
      }),
    );
  });

  it.each([
    {
      what: "a reference to an earlier value",
      bytes: "92 c7 05 69 00 00 00 01 90 d6 70 00 00 00 01",
    },
    { what: "a date", bytes: "d6 ff 00 00 00 00" },
    { what: "a big integer", bytes: "c7 01 42 01" },
    { what: "a set", bytes: "d4 73 00 90" },
    { what: "records", bytes: "d4 72 40 91 a1 61 01" },
    { what: "the byte that nobody assigned", bytes: "c1" },
    { what: "an array that claims four billion values", bytes: "dd ff ff ff ff" },
    { what: "a text that claims four gigabytes", bytes: "db ff ff ff ff 61" },
    { what: "two thousand arrays in each other", bytes: `${"91".repeat(2_000)}c0` },
  ])("is not $what", ({ bytes }) => {
    expect(isPlainMsgpack(hex(bytes))).toBe(false);
    expect(decodeMsgpack(hex(bytes), bounds)).toMatchObject({ ok: false, code: "frame_malformed" });
  });

  it("may hold whole numbers of 64 bits, as most libraries write a time", () => {
    // ["game", {channel: "c", actions: [{timestamp: uint64 1795262400000, data: int64 -5}]}]
    const frame =
      "92 a4 67616d65 82 a7 6368616e6e656c a1 63 a7 616374696f6e73 91 82" +
      "a9 74696d657374616d70 cf 000001a1fe0f5a00 a4 64617461 d3 fffffffffffffffb";
    expect(decodeMsgpack(hex(frame), bounds)).toMatchObject({
      ok: true,
      value: { actions: [{ at: 0x1a1fe0f5a00, fields: '"data":-5' }] },
    });
  });

  it("refuses a whole number that JavaScript cannot hold, by name", () => {
    const frame =
      "92 a4 67616d65 82 a7 6368616e6e656c a1 63 a7 616374696f6e73 91 81 a4 64617461 cf ffffffffffffffff";
    expect(decodeMsgpack(hex(frame), bounds)).toMatchObject({ ok: false, code: "field_invalid" });
  });
});
