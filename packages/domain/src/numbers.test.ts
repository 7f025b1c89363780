import { Hall, Village } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { Effects } from "./effects.ts";
import type { Place } from "./memory.ts";
import { parseRequestName } from "./notice.ts";
import { mintFor, mintMessage, openNumbers } from "./numbers.ts";
import type { ShardRecord } from "./record.ts";
import type { Scene } from "./scene.ts";

const UINT32_MAX = 4_294_967_295;

/** A shard that has given so many numbers, by its record. */
function shardAt(reserved: number, place: Place = { shard: 0, shards: 1 }) {
  const scene = { effects: new Effects() } as Scene;
  const shard = { numbers: openNumbers({ reserved, accounts: 2, rooms: 3 }), place };
  return {
    life: () => mintFor(shard, scene),
    message: () => mintMessage(shard, scene),
    record: () => scene.effects.records.get("shard") as ShardRecord | undefined,
  };
}

describe("numbers of lives, requests and bonds", () => {
  it("go on beyond 2^32, each larger than the one before", () => {
    const shard = shardAt(UINT32_MAX - 1);
    const given = [shard.life(), shard.life(), shard.life()];
    expect(given).toEqual([UINT32_MAX, UINT32_MAX + 1, UINT32_MAX + 2]);
    expect(shard.record()).toEqual({ reserved: UINT32_MAX - 1 + 1_024, accounts: 2, rooms: 3 });
  });

  it("are exact for as long as anything of ours will run", () => {
    const given = Array.from({ length: 3 }, (_, shard) => {
      return shardAt(2_000_000_000_000_000, { shard, shards: 3 }).life();
    });
    expect(given).toEqual([6e15 + 1, 6e15 + 2, 6e15 + 3]);
    for (const number of given) {
      expect(parseRequestName(`f${number}`)).toEqual({ of: "friend", id: number });
      const named = { of: "room", id: number, room: "pit" };
      expect(parseRequestName(`r${number}.pit`)).toEqual(named);
    }
  });
});

describe("numbers of messages", () => {
  it.each([1, 3, 64])("stay below 2^32, and no shard of %i meets another's", (shards) => {
    const share = Math.floor(UINT32_MAX / shards);
    const given = Array.from({ length: shards }, (_, shard) => {
      const one = shardAt(5 * share - 2, { shard, shards });
      return [one.message(), one.message(), one.message(), one.message()];
    }).flat();
    expect(new Set(given).size).toBe(given.length);
    for (const number of given) {
      expect(number).toBeGreaterThan(0);
      expect(number).toBeLessThanOrEqual(UINT32_MAX);
    }
  });

  it("of a shard that has given them all begin again, the smallest first", () => {
    const shard = shardAt(UINT32_MAX - 1);
    expect([shard.message(), shard.message(), shard.message()]).toEqual([UINT32_MAX, 1, 2]);
  });

  it("are what room and private messages get, when lives are long beyond", () => {
    const reserved = 3 * UINT32_MAX;
    const record = { reserved, accounts: 0, rooms: 0 };
    const hall = new Hall();
    hall.desk.records.set("shard", record);
    hall.create("ana", "pit");
    hall.say("ana", "pit", "hello");
    expect(hall.events).toMatchObject([{ on: "said", id: 2 }]);
    const village = new Village();
    village.desks[0]?.records.set("shard", record);
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    expect(village.account("ana").born).toBe(reserved + 1);
    expect(village.account("ana").friends).toMatchObject([{ bonds: [reserved + 3] }]);
    village.ask("ana", { on: "whisper", friend: "ben" as never, text: "hello" });
    expect(village.notices("ben").at(-1)).toMatchObject({ on: "whispered", id: 4 });
  });
});
