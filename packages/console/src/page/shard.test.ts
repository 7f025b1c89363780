import { describe, expect, it } from "vitest";
import { crc32, shardOf, workings } from "./shard.ts";

describe("the shard of an id", () => {
  it.each([
    { id: "1:12345", signed: 995006546, k2: 0, k3: 2, k5: 1, k8: 2 },
    { id: "1:2345", signed: 82020795, k2: 1, k3: 0, k5: 0, k8: 3 },
    { id: "1:3456", signed: 956471456, k2: 0, k3: 2, k5: 1, k8: 0 },
    { id: "1:789", signed: -1404323576, k2: 0, k3: 2, k5: 1, k8: 0 },
    { id: "CStrike", signed: 1395012559, k2: 1, k3: 1, k5: 4, k8: 7 },
    { id: "game:User1", signed: 664423735, k2: 1, k3: 1, k5: 0, k8: 7 },
    { id: "game:User2", signed: -1097655155, k2: 1, k3: 2, k5: 0, k8: 3 },
    { id: "game:User3", signed: -913036261, k2: 1, k3: 1, k5: 1, k8: 5 },
    { id: "TurntableGame", signed: 844114930, k2: 0, k3: 1, k5: 0, k8: 2 },
    { id: "123456789", signed: -873187034, k2: 0, k3: 2, k5: 4, k8: 2 },
    { id: "", signed: 0, k2: 0, k3: 0, k5: 0, k8: 0 },
  ])("is the one in the protocol's table for $id", ({ id, signed, k2, k3, k5, k8 }) => {
    expect(crc32(id)).toBe(signed);
    expect([2, 3, 5, 8].map((k) => shardOf(id, k))).toEqual([k2, k3, k5, k8]);
  });

  it("counts UTF-8 bytes, also beyond U+FFFF", () => {
    // From the reference: zlib.crc32("🚂 Дон".encode()) in Python.
    expect(crc32("🚂 Дон") >>> 0).toBe(3090713389);
  });

  it("can be followed by hand", () => {
    expect(workings("1:789", 64)).toBe("Crc32 = 0xac4bb908 = -1404323576; |-1404323576| % 64 = 56");
  });
});
