/** What the steps that concern all shards promise: leases, the dead, wishes; and the ears. */
import { describe, expect, it } from "vitest";
import { HEARTBEAT_MS, LEASE_MS, SILENCE_MS } from "./backbone.ts";
import { ANA, BEN, bytes, GATE, type Stage, said } from "./backbone-stage.contract.ts";

type Staged = { readonly stage: Stage };

export function describeLeases(on: Staged): void {
  describe("a renewal", () => {
    it("tells who is there, with what each said of itself last", async () => {
      const about = { name: "gate", address: "ws://here", connections: 7, rules: "7f" };
      const gate = { ...about, role: "gateway" } as const;
      await on.stage.renew(GATE, gate);
      await on.stage.renew(ANA, { name: "one" });
      const { now, members } = await on.stage.census(ANA, { name: "two" });
      expect(sorted(members.map(({ until: _, ...card }) => card))).toEqual([
        { node: ANA, name: "two", role: "shard", address: "", isLeaving: false },
        { node: GATE, ...gate, isLeaving: false },
      ]);
      const own = members.find(({ node }) => node === ANA);
      expect(own?.until).toBe(now + LEASE_MS);
    });

    it("gives the coordinator's lease to the first shard node, and to one only", async () => {
      expect((await on.stage.census(GATE, { role: "gateway" })).coordinator).toBe("");
      for (const node of [ANA, BEN, ANA]) {
        expect((await on.stage.census(node)).coordinator).toBe(ANA);
      }
      expect((await on.stage.census(GATE, { role: "gateway" })).coordinator).toBe(ANA);
    });

    it("gives the coordinator's lease to nobody who wants to end", async () => {
      expect((await on.stage.census(ANA, { isLeaving: true })).coordinator).toBe("");
      expect((await on.stage.census(BEN)).coordinator).toBe(BEN);
      expect((await on.stage.census(BEN, { isLeaving: true })).coordinator).toBe("");
      expect((await on.stage.census(ANA, { isLeaving: true })).coordinator).toBe("");
    });

    it("tells what an operator wants empty and where the coordinator wants shards", async () => {
      const { backbone } = on.stage;
      for (const name of ["one", "two", "one"]) await drain(on.stage, name, true);
      await drain(on.stage, "two", false);
      await on.stage.ask<void>((then) =>
        backbone.wish(
          new Map([
            [0, ANA],
            [2, BEN],
          ]),
          then,
        ),
      );
      const changed = new Map([
        [0, undefined],
        [1, BEN],
      ]);
      await on.stage.ask<void>((then) => backbone.wish(changed, then));
      const { drained, wishes } = await on.stage.census(ANA);
      expect(drained).toEqual(["one"]);
      expect([...wishes].sort()).toEqual([
        [1, BEN],
        [2, BEN],
      ]);
    });
  });

  describe("who leaves", () => {
    it("is gone at once, and the coordinator's lease is free", async () => {
      for (const node of [ANA, BEN]) await on.stage.renew(node);
      for (let times = 0; times < 2; times++) {
        await on.stage.ask<void>((then) => on.stage.backbone.leave(ANA, then));
      }
      const { coordinator, members, dead } = await on.stage.census(BEN);
      expect([coordinator, members.map(({ node }) => node), dead]).toEqual([BEN, [BEN], []]);
    });
  });

  describe("a lease", () => {
    it("holds: nobody is declared dead before it ends", async () => {
      await on.stage.renew(ANA);
      expect(await declareDead(on.stage, ANA)).toBe(false);
      expect((await on.stage.renew(ANA)).at).toBe("renewed");
    });

    it(
      "ends unless it is renewed; who is declared dead stays so, and gives way",
      async () => {
        for (const node of [ANA, BEN]) await on.stage.renew(node);
        await keeps(on.stage, BEN, LEASE_MS + HEARTBEAT_MS);
        const { coordinator, members, now } = await on.stage.census(BEN);
        expect(coordinator).toBe(BEN);
        const late = members.find(({ node }) => node === ANA);
        expect(late?.until).toBeLessThanOrEqual(now);
        for (let times = 0; times < 2; times++) {
          expect(await declareDead(on.stage, ANA)).toBe(true);
        }
        expect(await on.stage.renew(ANA)).toEqual({ at: "buried" });
        const after = await on.stage.census(BEN);
        expect([after.dead, after.members.map(({ node }) => node)]).toEqual([[ANA], [BEN]]);
        for (let times = 0; times < 2; times++) {
          await on.stage.ask<void>((then) => on.stage.backbone.forget(ANA, then));
        }
        expect((await on.stage.census(BEN)).dead).toEqual([]);
        expect(await on.stage.renew(ANA)).toEqual({ at: "buried" });
        expect(await declareDead(on.stage, BEN)).toBe(false);
      },
      PATIENCE_MS,
    );

    it(
      "may be late: who renews before it was declared dead goes on",
      async () => {
        for (const node of [ANA, BEN]) await on.stage.renew(node);
        await keeps(on.stage, BEN, LEASE_MS + HEARTBEAT_MS);
        expect((await on.stage.census(ANA)).coordinator).toBe(BEN);
        expect(await declareDead(on.stage, ANA)).toBe(false);
      },
      PATIENCE_MS,
    );

    it(
      "does not end while nobody could renew: after a silence of all there is a new term",
      async () => {
        for (const node of [ANA, BEN]) await on.stage.renew(node);
        expect((await on.stage.census(ANA)).graceUntil).toBeLessThanOrEqual(0);
        await on.stage.opened.passes(LEASE_MS + SILENCE_MS);
        const { now, graceUntil, coordinator } = await on.stage.census(BEN);
        expect(graceUntil).toBe(now + LEASE_MS);
        expect(coordinator).toBe(ANA); // Its lease has a new term too.
        expect(await declareDead(on.stage, ANA)).toBe(false);
        await keeps(on.stage, BEN, LEASE_MS + HEARTBEAT_MS);
        expect(await declareDead(on.stage, ANA)).toBe(true);
      },
      PATIENCE_MS,
    );
  });

  describe("a constant", () => {
    it("is what was named first", async () => {
      const name = (value: string) => {
        return on.stage.ask<string>((then) => on.stage.backbone.constant("shards", value, then));
      };
      expect([await name("64"), await name("8"), await name("64")]).toEqual(["64", "64", "64"]);
    });
  });
}

export function describeEars(on: Staged): void {
  describe("an ear", () => {
    it("hears what is said to its node, of each shard in order", async () => {
      const [ana, ben] = [await on.stage.hears(ANA), await on.stage.hears(BEN)];
      for (const word of ["a", "b", "c"]) on.stage.backbone.say(1, ANA, bytes(word));
      on.stage.backbone.say(2, BEN, bytes("d"));
      await on.stage.opened.settle();
      expect([said(ana), said(ben)]).toEqual([["1 a", "1 b", "1 c"], ["2 d"]]);
    });

    it("is never called inside a step, nor is an answer given there", async () => {
      await on.stage.gives(0, ANA);
      const ana = await on.stage.hears(ANA);
      let answers = 0;
      const batch = { sender: GATE, number: 1, bytes: bytes("a"), most: 0 };
      on.stage.backbone.append(0, batch, () => answers++);
      on.stage.backbone.say(0, ANA, bytes("b"));
      expect([ana.length, answers]).toEqual([0, 0]);
      await on.stage.opened.settle();
      expect([ana.length, answers]).toEqual([2, 1]);
    });

    it("hears nothing any more once it has stopped", async () => {
      const heard: unknown[] = [];
      const stop = on.stage.backbone.listen(ANA, (it) => heard.push(it));
      await on.stage.opened.settle();
      heard.length = 0;
      stop();
      on.stage.backbone.say(0, ANA, bytes("a"));
      await on.stage.opened.settle();
      expect(heard).toEqual([]);
    });

    it("is sound while it hears", async () => {
      await on.stage.hears(ANA);
      expect(on.stage.backbone.isSound).toBe(true);
    });
  });
}

/** Lets time pass while a node renews. */
async function keeps(stage: Stage, node: typeof ANA, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= HEARTBEAT_MS) {
    await stage.opened.passes(Math.min(left, HEARTBEAT_MS));
    await stage.renew(node);
  }
}

const declareDead = (stage: Stage, node: typeof ANA): Promise<boolean> => {
  return stage.ask((then) => stage.backbone.declareDead(node, then));
};
const drain = (stage: Stage, name: string, isDrained: boolean): Promise<void> => {
  return stage.ask((then) => stage.backbone.drain(name, isDrained, then));
};
const sorted = <It extends { readonly node: string }>(list: readonly It[]): readonly It[] => {
  return [...list].sort((one, other) => (one.node < other.node ? -1 : 1));
};

/** A real backbone really lets its leases end. */
const PATIENCE_MS = 40_000;
