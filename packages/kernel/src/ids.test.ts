import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ID_BYTES_MAX, parseRoomId, parseUserId, shardOf } from "./ids.ts";

/** The vectors of the protocol page: K=2, 3, 5, 8 in this order. */
const VECTORS = [
  { id: "1:12345", crc32: "3b4e9852", shards: [0, 2, 1, 2] },
  { id: "1:2345", crc32: "04e389bb", shards: [1, 0, 0, 3] },
  { id: "1:3456", crc32: "390298a0", shards: [0, 2, 1, 0] },
  { id: "1:789", crc32: "ac4bb908", shards: [0, 2, 1, 0] },
  { id: "CStrike", crc32: "532633cf", shards: [1, 1, 4, 7] },
  { id: "game:User1", crc32: "279a4d37", shards: [1, 1, 0, 7] },
  { id: "game:User2", crc32: "be931c8d", shards: [1, 2, 0, 3] },
  { id: "game:User3", crc32: "c9942c1b", shards: [1, 1, 1, 5] },
  { id: "TurntableGame", crc32: "32502bf2", shards: [0, 1, 0, 2] },
  { id: "123456789", crc32: "cbf43926", shards: [0, 2, 4, 2] },
  { id: "", crc32: "00000000", shards: [0, 0, 0, 0] },
] as const;

describe("the shard of an id", () => {
  it.each(VECTORS)("is $shards for $id, as the protocol page says", ({ id, crc32, shards }) => {
    expect(crcOf(id).toString(16).padStart(8, "0")).toBe(crc32);
    expect([2, 3, 5, 8].map((k) => shardOf(id, k))).toEqual(shards);
  });

  it("takes the absolute value of the smallest integer as 2147483648", () => {
    expect(crcOf(SMALLEST)).toBe(0x80000000);
    expect(shardOf(SMALLEST, 2 ** 32)).toBe(2_147_483_648);
    expect(shardOf(SMALLEST, 5)).toBe(3);
  });

  it("hashes an id whose checksum is negative by its absolute value", () => {
    expect(shardOf("1:789", 2 ** 32)).toBe(1_404_323_576);
  });

  it("agrees with an independent CRC-32 of the UTF-8 bytes, whatever the id", () => {
    const ids = fc.string({ unit: "binary", maxLength: 80 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 1024 }), (id, shards) => {
        expect(shardOf(id, shards)).toBe(Math.abs(crcOf(id) | 0) % shards);
      }),
      { numRuns: 500 },
    );
  });

  it.each(["é", "水", "🚂", "a\rb", "a\0b", "\u{10ffff}"])("hashes the UTF-8 of %j", (id) => {
    expect(shardOf(id, 1009)).toBe(Math.abs(crcOf(id) | 0) % 1009);
  });
});

describe.each([
  { what: "a user", parse: parseUserId, code: "name_invalid" },
  { what: "a room", parse: parseRoomId, code: "room_name_invalid" },
])("the id of $what", ({ parse, code }) => {
  it.each([
    { given: "1:12345", as: "digits and a colon, not parsed" },
    { given: "a", as: "one byte" },
    { given: "x".repeat(ID_BYTES_MAX), as: "as many bytes as may be" },
    { given: "é".repeat(ID_BYTES_MAX / 2), as: "two bytes each" },
    { given: "🚂".repeat(ID_BYTES_MAX / 4), as: "four bytes each" },
    { given: "__proto__", as: "the name of a property" },
    { given: '"\\\u0000\n', as: "what JSON must escape" },
    { given: " ", as: "a space" },
  ])("may be $as", ({ given }) => {
    expect(parse(given)).toEqual({ ok: true, value: given });
  });

  it.each([
    { given: "", problem: "it is empty" },
    { given: "x".repeat(ID_BYTES_MAX + 1), problem: "it is too long" },
    { given: "é".repeat(ID_BYTES_MAX / 2 + 1), problem: "it is too long" },
    { given: "🚂".repeat(ID_BYTES_MAX / 4 + 1), problem: "it is too long" },
    { given: "水".repeat(86), problem: "it is too long" },
    { given: "a\ud83d", problem: "it holds half a surrogate pair" },
    { given: "\ude82a", problem: "it holds half a surrogate pair" },
    { given: "\ud83d\ud83d\ude82", problem: "it holds half a surrogate pair" },
    { given: 12345, problem: "it is not text" },
    { given: null, problem: "it is not text" },
    { given: undefined, problem: "it is not text" },
    { given: ["a"], problem: "it is not text" },
    { given: { toString: () => "a" }, problem: "it is not text" },
  ])("may not be %j", ({ given, problem }) => {
    expect(parse(given)).toEqual({ ok: false, code, facts: { problem } });
  });

  it("is taken exactly when it is 1 to 256 bytes of well-formed text", () => {
    fc.assert(
      fc.property(fc.string({ unit: SURROGATES, maxLength: 300 }), (given) => {
        const bytes = Buffer.byteLength(given);
        const isGood = bytes >= 1 && bytes <= ID_BYTES_MAX && !LONE_SURROGATE.test(given);
        expect(parse(given).ok).toBe(isGood);
      }),
    );
  });
});

/** CRC-32 by the book, bit by bit, so that the library is not tested against itself. */
function crcOf(text: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text, "utf8")) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** An id that hashes to -2147483648, whose absolute value no 32-bit integer holds. */
const SMALLEST = "lcngajdija";
const SURROGATES = fc.constantFrom("a", "é", "\ud83d", "\ude82", "🚂");
const LONE_SURROGATE = /\p{Surrogate}/u;
