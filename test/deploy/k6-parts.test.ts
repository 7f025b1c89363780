/** The pure parts of the load: what its verification rests on, without k6. */
import { shardOf as shardOfServer } from "@roundhouse/kernel";
import fc from "fast-check";
import { pack as packTrue, unpack as unpackTrue } from "msgpackr";
import { describe, expect, it } from "vitest";
import { pack, unpack, type Value } from "../../load-tests/k6/scripts/msgpack.ts";
import { Ear, Order } from "../../load-tests/k6/scripts/order.ts";
import { Belief, Truth } from "../../load-tests/k6/scripts/presence.ts";
import { routed, shardOf } from "../../load-tests/k6/scripts/route.ts";
import { spokenIn } from "../../load-tests/k6/scripts/wire.ts";

const addresses = (count: number): readonly string[] => {
  return Array.from({ length: count }, () => "ws://127.0.0.1:8080");
};

describe("the load's routing", () => {
  it("agrees with the vectors of the design, and with the server on any id", () => {
    expect(routed({ k: 64, shards: addresses(64) }).wrong).toEqual([]);
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1 }),
        fc.integer({ min: 1, max: 4096 }),
        (id, k) => {
          expect(shardOf(id, k)).toBe(shardOfServer(id as never, k));
        },
      ),
    );
  });

  it.each([
    { what: "too few addresses", topology: { k: 5, shards: addresses(4) } },
    { what: "no shard at all", topology: { k: 0, shards: [] } },
    { what: "an address that is none", topology: { k: 2, shards: ["ws://one:8080", "two"] } },
  ])("finds $what in /topology", ({ topology }) => {
    expect(routed(topology).wrong.length).toBeGreaterThan(0);
  });
});

describe("the load's msgpack", () => {
  const values = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(null, true, false),
      fc.integer(),
      fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      fc.double({ noNaN: true }).map((number) => number + 0), // As an integer, zero has no sign.
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.array(tie("value"), { maxLength: 20 }),
      fc.dictionary(
        fc.string({ unit: "grapheme-ascii" }).filter((it) => it !== "__proto__"),
        tie("value"),
      ),
    ),
  })).value;

  it("is read by the true one, and reads it", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(unpackTrue(pack(value))).toEqual(value);
        expect(unpack(new Uint8Array(packTrue(value)))).toEqual(value);
      }),
    );
  });

  it("refuses what is not one whole value", () => {
    const bytes = pack(["game", { channel: "a room" }]);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => unpack(bytes.slice(0, length))).toThrow();
    }
    expect(() => unpack(Uint8Array.of(...bytes, 0))).toThrow("1 bytes too many");
  });
});

describe("an order of numbers", () => {
  const heard = (numbers: readonly number[], after?: number) => {
    const order = new Order(after);
    return { verdicts: numbers.map((number) => order.take(number)), missing: order.missing };
  };

  it.each([
    { numbers: [1, 2, 3], verdicts: ["right", "right", "right"], missing: 0 },
    { numbers: [1, 3], verdicts: ["right", "right"], missing: 1 },
    { numbers: [1, 3, 2], verdicts: ["right", "right", "reordered"], missing: 0 },
    { numbers: [1, 2, 2], verdicts: ["right", "right", "doubled"], missing: 0 },
    { numbers: [3, 1], verdicts: ["right", "reordered"], missing: 1 },
    { numbers: [6, 7], after: 4, verdicts: ["right", "right"], missing: 1 },
    { numbers: [5, 4], after: 4, verdicts: ["right", "doubled"], missing: 0 },
  ])("$numbers behind $after", ({ numbers, after, verdicts, missing }) => {
    expect(heard(numbers, after)).toEqual({ verdicts, missing });
  });

  it("knows of any shuffle what was lost, and takes nothing in order for wrong", () => {
    const shuffled = fc.shuffledSubarray(Array.from({ length: 12 }, (_, n) => n));
    fc.assert(
      fc.property(shuffled, (numbers) => {
        const { verdicts, missing } = heard(numbers, -1);
        const most = Math.max(-1, ...numbers);
        expect(missing).toBe(most + 1 - numbers.length);
        expect(verdicts).not.toContain("doubled");
        const isSorted = numbers.every((number, index) => number > (numbers[index - 1] ?? -1));
        expect(verdicts.includes("reordered")).toBe(!isSorted);
      }),
    );
  });
});

describe("a member's ear", () => {
  const said = (from: string, n: number) => ({ from, run: 1, n });

  it("of version 1 misses a word by its sender's counting, not by the room's", () => {
    const ear = new Ear({ hearsAll: false });
    // Between the numbers others came and went.
    for (const [seq, n] of [
      [2, 0],
      [5, 1],
      [9, 2],
    ] as const) {
      expect(ear.action(seq, said("ana", n))).toBe("right");
    }
    expect(ear.lost).toBe(0);
    ear.action(12, said("ana", 4));
    expect(ear.lost).toBe(1);
  });

  it("of version 1 finds two senders' words in falling numbers out of order", () => {
    const ear = new Ear({ hearsAll: false });
    ear.action(5, said("ana", 0));
    expect(ear.action(4, said("ben", 0))).toBe("reordered");
  });

  it("of version 2 misses any number behind its own coming", () => {
    const ear = new Ear({ hearsAll: true, after: 7 });
    expect(ear.action(8, said("ana", 0))).toBe("right");
    expect(ear.number(10)).toBe("right");
    expect(ear.lost).toBe(1);
    ear.skip(0);
    expect(ear.last).toBe(10);
  });

  it("of either finds a word that is told again under a new number", () => {
    for (const hearsAll of [true, false]) {
      const ear = new Ear({ hearsAll });
      ear.action(1, said("ana", 0));
      expect(ear.action(2, said("ana", 0))).toBe("doubled");
    }
  });
});

describe("what is believed of others", () => {
  const scene = () => {
    const truth = new Truth();
    const belief = new Belief(1_000);
    belief.watch(["ben", "nobody"]);
    return { truth, belief };
  };

  it("is true from the change on, and late by so much", () => {
    const { truth, belief } = scene();
    expect(belief.told("ben", "offline", { truth, now: 0 }).is).toBe("first");
    truth.is("ben", "online", 5_000);
    expect(belief.told("ben", "online", { truth, now: 5_030 })).toEqual({ is: "true", lateMs: 30 });
  });

  it("may be of a moment ago, and no longer", () => {
    const { truth, belief } = scene();
    truth.is("ben", "online", 0);
    belief.told("ben", "online", { truth, now: 10 });
    truth.is("ben", "busy", 5_000);
    truth.is("ben", "online", 5_100);
    expect(belief.told("ben", "busy", { truth, now: 5_900 }).is).toBe("passing");
    expect(belief.told("ben", "offline", { truth, now: 6_200 }).is).toBe("wrong");
  });

  it("is told once for each change, and anew over a new connection", () => {
    const { truth, belief } = scene();
    truth.is("ben", "online", 0);
    belief.told("ben", "online", { truth, now: 10 });
    expect(belief.told("ben", "online", { truth, now: 20 }).is).toBe("twice");
    belief.forget();
    expect(belief.told("ben", "online", { truth, now: 30 }).is).toBe("first");
  });

  it("is a mistake in the end when it differs, or when nothing was told", () => {
    const { truth, belief } = scene();
    expect(belief.mistakes(truth)).toEqual([
      "ben is unheard of, not offline",
      "nobody is unheard of, not offline",
    ]);
    belief.told("nobody", "offline", { truth, now: 0 });
    belief.told("ben", "offline", { truth, now: 0 });
    truth.is("ben", "online", 10);
    expect(belief.mistakes(truth)).toEqual(["ben is offline, not online"]);
  });
});

it("only the load's own actions are taken for such", () => {
  const ours = { from: "ana", data: { run: 1, n: 0 } };
  const others = [{ from: "ana", data: { text: "hello" } }, { from: "ana" }, null];
  expect(spokenIn({ actions: [ours, ...others] })).toEqual([
    { from: "ana", run: 1, n: 0 },
    undefined,
    undefined,
    undefined,
  ]);
});
