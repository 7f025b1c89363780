/** What the steps on one shard promise: inbox, commit, history, owners, the last word of the dead. */
import { describe, expect, it } from "vitest";
import { BEGINNING, type EntryId } from "./backbone.ts";
import { ANA, BEN, bytes, GATE, type Stage, said, texts } from "./backbone-stage.contract.ts";
import { isAfter } from "./entry-id.ts";

type Staged = { readonly stage: Stage };

export function describeInbox(on: Staged): void {
  describe("an inbox", () => {
    it("keeps what is appended, in order, each naming the one before it", async () => {
      for (const number of [1, 2, 3]) await on.stage.append(0, GATE, number);
      const entries = await on.stage.read(0);
      expect(await on.stage.words(0)).toEqual([`${GATE} 1`, `${GATE} 2`, `${GATE} 3`]);
      expect(entries.map(({ sender }) => sender)).toEqual([GATE, GATE, GATE]);
      const ids = entries.map(({ id }) => id);
      expect(entries.map(({ previous }) => previous)).toEqual([BEGINNING, ...ids.slice(0, -1)]);
      expect(ids.every((id, at) => isAfter(id, ids[at - 1] ?? BEGINNING))).toBe(true);
    });

    it("takes each batch once, however often it is sent", async () => {
      for (const number of [1, 1, 2, 1, 2]) {
        expect(await on.stage.append(0, GATE, number)).toEqual({ at: "taken" });
      }
      expect(await on.stage.words(0)).toEqual([`${GATE} 1`, `${GATE} 2`]);
    });

    it("takes no batch before those that its sender counts before it", async () => {
      expect(await on.stage.append(0, GATE, 2)).toEqual({ at: "gap", last: 0 });
      await on.stage.append(0, GATE, 1);
      expect(await on.stage.append(0, GATE, 4)).toEqual({ at: "gap", last: 1 });
      expect(await on.stage.words(0)).toEqual([`${GATE} 1`]);
    });

    it("counts for each sender by itself, and in each shard", async () => {
      for (const sender of [GATE, "shard:2"]) {
        for (const shard of [0, 1]) await on.stage.append(shard, sender, 1);
      }
      for (const shard of [0, 1]) {
        expect(await on.stage.words(shard)).toEqual([`${GATE} 1`, "shard:2 1"]);
      }
      expect(await on.stage.words(2)).toEqual([]);
    });

    it("refuses what is too much, but neither what it has nor what was promised", async () => {
      for (const number of [1, 2]) await on.stage.append(0, GATE, number, { most: 2 });
      expect(await on.stage.append(0, GATE, 3, { most: 2 })).toEqual({ at: "full" });
      expect(await on.stage.append(0, GATE, 2, { most: 2 })).toEqual({ at: "taken" });
      expect(await on.stage.append(0, "shard:1", 1, { most: 0 })).toEqual({ at: "taken" });
      expect(await on.stage.words(0)).toEqual([`${GATE} 1`, `${GATE} 2`, "shard:1 1"]);
    });

    it("has room again for what was committed", async () => {
      await on.stage.gives(0, ANA);
      for (const number of [1, 2]) await on.stage.append(0, GATE, number, { most: 2 });
      await on.stage.commits(0);
      expect(await on.stage.append(0, GATE, 3, { most: 2 })).toEqual({ at: "taken" });
    });

    it("is read from any place on, so many at a time", async () => {
      for (const number of [1, 2, 3, 4]) await on.stage.append(0, GATE, number);
      const [first] = await on.stage.read(0, BEGINNING, 1);
      const next = await on.stage.read(0, first?.id, 2);
      expect(next.map(({ previous }) => previous)[0]).toBe(first?.id);
      expect(next.length).toBe(2);
      expect(await on.stage.words(0, next.at(-1)?.id)).toEqual([`${GATE} 4`]);
    });

    it("lets its owner hear each entry once, and nobody else", async () => {
      const [ana, ben] = [await on.stage.hears(ANA), await on.stage.hears(BEN)];
      await on.stage.append(0, GATE, 1); // Nobody owns it yet.
      await on.stage.gives(0, ANA);
      for (const number of [2, 2, 3]) await on.stage.append(0, GATE, number);
      await on.stage.opened.settle();
      expect(said(ana)).toEqual(["0 granted 1", `0 entry ${GATE} 2`, `0 entry ${GATE} 3`]);
      expect(said(ben)).toEqual([]);
      const [, ...rest] = await on.stage.read(0);
      expect(ana.flatMap((it) => (it.on === "entry" ? [it.entry] : []))).toEqual(rest);
    });
  });
}

export function describeCommit(on: Staged): void {
  describe("a commit", () => {
    it("writes everything that it names", async () => {
      await on.stage.gives(0, ANA);
      await on.stage.append(0, GATE, 1);
      const { to } = await on.stage.commits(0, {
        notes: new Map([["to:x", "7"]]),
        live: words({ a: "1", b: "2" }),
        kept: words({ c: "3" }),
        outbox: words({ "1/1": "go" }),
        history: bytes("once"),
      });
      const { notes, outbox, ...place } = await on.stage.open(0);
      expect(place).toEqual({ owner: ANA, epoch: 1, position: to, commit: 1 });
      expect([...notes]).toEqual([["to:x", "7"]]);
      expect([...texts(outbox)]).toEqual([["1/1", "go"]]);
      expect([...(await on.stage.live(0))].sort()).toEqual([
        ["a", "1"],
        ["b", "2"],
      ]);
      expect([...(await on.stage.fetch(0, ["c", "d", "a"]))]).toEqual([["c", "3"]]);
      expect(await on.stage.history(0)).toEqual(["1 once"]);
      expect(await on.stage.words(0, to)).toEqual([]);
    });

    it("removes what it names without a value, and changes what was there", async () => {
      await on.stage.gives(0, ANA);
      const before = words({ a: "1", b: "2" });
      await on.stage.commits(0, {
        notes: new Map([
          ["a", "1"],
          ["b", "2"],
        ]),
        live: before,
        kept: before,
        outbox: before,
      });
      const after = new Map([...words({ b: "3" }), ["a", undefined]]);
      await on.stage.commits(0, {
        notes: new Map([
          ["a", undefined],
          ["b", "3"],
        ]),
        live: after,
        kept: after,
        outbox: after,
      });
      const { notes, outbox } = await on.stage.open(0);
      for (const map of [notes, texts(outbox), await on.stage.live(0)]) {
        expect([...map]).toEqual([["b", "3"]]);
      }
      expect([...(await on.stage.fetch(0, ["a", "b"]))]).toEqual([["b", "3"]]);
    });

    it("is found again in pages, however much is live", async () => {
      await on.stage.gives(0, ANA);
      const names = Array.from({ length: 700 }, (_, at) => [`user/${at}`, `${at}`] as const);
      await on.stage.commits(0, { live: words(Object.fromEntries(names)) });
      expect(await on.stage.live(0)).toEqual(new Map(names));
    });

    it("lets each ear hear its frames in order", async () => {
      const [gate, ben] = [await on.stage.hears(GATE), await on.stage.hears(BEN)];
      await on.stage.gives(0, ANA);
      await on.stage.commits(0, { frames: [frame(GATE, "a"), frame(BEN, "b"), frame(GATE, "c")] });
      await on.stage.commits(0, { frames: [frame(GATE, "d")] });
      await on.stage.opened.settle();
      expect(said(gate)).toEqual(["0 a", "0 c", "0 d"]);
      expect(said(ben)).toEqual(["0 b"]);
    });

    it("is done once: who repeats it is told so, and nothing happens again", async () => {
      const gate = await on.stage.hears(GATE);
      await on.stage.gives(0, ANA);
      await on.stage.append(0, GATE, 1);
      const commit = await on.stage.commits(0, {
        history: bytes("once"),
        frames: [frame(GATE, "once")],
      });
      expect(await on.stage.commit(0, commit)).toEqual({ at: "done" });
      await on.stage.opened.settle();
      expect(said(gate)).toEqual(["0 once"]);
      expect(await on.stage.history(0)).toEqual(["1 once"]);
      expect((await on.stage.open(0)).commit).toBe(1);
    });

    it("may stay where it is: its number tells it from the one before", async () => {
      await on.stage.gives(0, ANA);
      for (const word of ["a", "b"]) await on.stage.commits(0, { history: bytes(word) });
      expect(await on.stage.history(0)).toEqual(["1 a", "2 b"]);
    });

    it("is fenced unless owner, epoch, position and number are those that hold", async () => {
      const gate = await on.stage.hears(GATE);
      await on.stage.gives(0, ANA);
      for (const number of [1, 2]) await on.stage.append(0, GATE, number);
      const [first, second] = await on.stage.read(0);
      await on.stage.commits(0, { to: first?.id as EntryId });
      const work = { live: words({ a: "1" }), history: bytes("x"), frames: [frame(GATE, "x")] };
      const right = await on.stage.nextCommit(0, work);
      const wrong = [
        { owner: BEN },
        { epoch: 0 },
        { epoch: 2 },
        { from: BEGINNING },
        { from: second?.id as EntryId },
        { commit: 1 },
        { commit: 3 },
      ];
      for (const it of wrong) {
        const answer = await on.stage.commit(0, { ...right, ...it });
        expect(answer).toEqual({ at: "fenced", holder: { owner: ANA, epoch: 1 } });
      }
      await on.stage.opened.settle();
      expect(said(gate)).toEqual([]);
      expect(await on.stage.history(0)).toEqual([]);
      expect((await on.stage.live(0)).size).toBe(0);
      expect((await on.stage.open(0)).position).toBe(first?.id);
      expect(await on.stage.commit(0, right)).toEqual({ at: "done" });
    });

    it("of a deposed owner is fenced, also when it had been done before", async () => {
      await on.stage.gives(0, ANA);
      await on.stage.append(0, GATE, 1);
      const done = await on.stage.commits(0);
      const next = await on.stage.nextCommit(0);
      await on.stage.gives(0, BEN);
      for (const commit of [done, next]) {
        const answer = await on.stage.commit(0, commit);
        expect(answer).toEqual({ at: "fenced", holder: { owner: BEN, epoch: 2 } });
      }
    });

    it("of an owner that has it again is judged by the new epoch", async () => {
      await on.stage.gives(0, ANA);
      const stale = await on.stage.nextCommit(0);
      await on.stage.gives(0, BEN);
      await on.stage.gives(0, ANA);
      const answer = await on.stage.commit(0, stale);
      expect(answer).toEqual({ at: "fenced", holder: { owner: ANA, epoch: 3 } });
    });
  });

  describe("what is kept", () => {
    it("is found by how its key begins, in the order of bytes, if it is an account's, a room's or a user's", async () => {
      await on.stage.gives(0, ANA);
      const keys = ["account/b", "account/a", "account/aé", "account/az", "room/a", "user/a", "a"];
      await on.stage.commits(0, { kept: words(named(keys)) });
      expect([...(await on.stage.find(0, "account/a"))]).toEqual([
        ["account/a", "<account/a>"],
        ["account/az", "<account/az>"],
        ["account/aé", "<account/aé>"],
      ]);
      expect([...(await on.stage.find(0, "account/")).keys()]).toHaveLength(4);
      expect([...(await on.stage.find(0, "room/")).keys()]).toEqual(["room/a"]);
      expect([...(await on.stage.find(0, "user/")).keys()]).toEqual(["user/a"]);
      expect((await on.stage.find(0, "a")).size).toBe(4);
      expect([...(await on.stage.find(1, "room/")).keys()]).toEqual([]);
    });

    it("counts what can be found, and not what belongs to it", async () => {
      await on.stage.gives(0, ANA);
      const count = () => on.stage.ask(on.stage.backbone.count.bind(on.stage.backbone, 0));
      await on.stage.commits(0, { kept: words(named(["account/a", "room/a", "mail/1/a", "a"])) });
      expect(await count()).toBe(2);
      await on.stage.commits(0, { kept: words(named(["room/a", "mail/2/a", "user/b"])) });
      expect(await count()).toBe(3);
      await on.stage.commits(0, { kept: new Map([["account/a", undefined]]) });
      expect(await count()).toBe(2);
    });

    it("is found at most so often, from its beginning on", async () => {
      await on.stage.gives(0, ANA);
      await on.stage.commits(0, { kept: words(named(["room/c", "room/b", "room/a"])) });
      expect([...(await on.stage.find(0, "room/", 2)).keys()]).toEqual(["room/a", "room/b"]);
      expect((await on.stage.find(0, "room/", 0)).size).toBe(0);
    });

    it("is found as it was written last, and not when it was removed", async () => {
      await on.stage.gives(0, ANA);
      await on.stage.commits(0, { kept: words(named(["room/a", "room/b", "account/a"])) });
      const changes = new Map([
        ["room/a", undefined],
        ["room/b", bytes("changed")],
        ["room/none", undefined],
      ]);
      await on.stage.commits(0, { kept: changes });
      expect([...(await on.stage.find(0, "room/"))]).toEqual([["room/b", "changed"]]);
      await on.stage.commits(0, { kept: words(named(["room/a"])) });
      expect([...(await on.stage.find(0, "room/")).keys()]).toEqual(["room/a", "room/b"]);
    });

    it("is found by what a commit did, not by what a fenced one tried", async () => {
      await on.stage.gives(0, ANA);
      const late = await on.stage.nextCommit(0, { kept: words(named(["room/a"])) });
      await on.stage.gives(0, BEN);
      expect((await on.stage.commit(0, late)).at).toBe("fenced");
      expect((await on.stage.find(0, "room/")).size).toBe(0);
    });
  });

  describe("a history", () => {
    it("is read from any commit on, so many at a time, and has nothing of the silent ones", async () => {
      await on.stage.gives(0, ANA);
      for (const word of ["a", undefined, "c", "d"]) {
        await on.stage.commits(0, { history: word === undefined ? undefined : bytes(word) });
      }
      expect(await on.stage.history(0)).toEqual(["1 a", "3 c", "4 d"]);
      expect(await on.stage.history(0, 2)).toEqual(["3 c", "4 d"]);
      expect(await on.stage.history(0, 1, 2)).toEqual(["1 a", "3 c"]);
      expect(await on.stage.history(0, 5)).toEqual([]);
    });

    it("forgets what the owner says, and goes on over a change of owners", async () => {
      await on.stage.gives(0, ANA);
      for (const word of ["a", "b", "c"]) await on.stage.commits(0, { history: bytes(word) });
      await on.stage.gives(0, BEN);
      await on.stage.commits(0, { history: bytes("d"), historyFrom: 3 });
      expect(await on.stage.history(0)).toEqual(["3 c", "4 d"]);
    });
  });
}

export function describeOwners(on: Staged): void {
  describe("an owner", () => {
    it("is nobody at first", async () => {
      expect(await on.stage.holder(0)).toEqual({ owner: "", epoch: 0 });
      expect(await on.stage.open(0)).toMatchObject({ owner: "", position: BEGINNING, commit: 0 });
    });

    it("is whom the shard was given to last, and hears of it", async () => {
      const [ana, ben] = [await on.stage.hears(ANA), await on.stage.hears(BEN)];
      await on.stage.gives(1, ANA);
      await on.stage.gives(1, BEN);
      await on.stage.append(1, GATE, 1);
      await on.stage.opened.settle();
      expect(said(ana)).toEqual(["1 granted 1"]);
      expect(said(ben)).toEqual(["1 granted 2", `1 entry ${GATE} 1`]);
      expect(await on.stage.holder(1)).toEqual({ owner: BEN, epoch: 2 });
      expect(await on.stage.holder(0)).toEqual({ owner: "", epoch: 0 });
    });

    it("changes only for who knows the epoch that holds", async () => {
      const ben = await on.stage.hears(BEN);
      await on.stage.gives(0, ANA);
      for (const epoch of [0, 2]) {
        const answer = await on.stage.assign(0, epoch, BEN);
        expect(answer).toEqual({ isDone: false, holder: { owner: ANA, epoch: 1 } });
      }
      await on.stage.opened.settle();
      expect(said(ben)).toEqual([]);
    });

    it("may be nobody again", async () => {
      const ana = await on.stage.hears(ANA);
      await on.stage.gives(0, ANA);
      await on.stage.gives(0, "");
      await on.stage.append(0, GATE, 1);
      await on.stage.opened.settle();
      expect(said(ana)).toEqual(["0 granted 1"]);
      expect(await on.stage.holder(0)).toEqual({ owner: "", epoch: 2 });
    });

    it("finds the shard as the one before left it", async () => {
      await on.stage.gives(0, ANA);
      for (const number of [1, 2]) await on.stage.append(0, GATE, number);
      const [first] = await on.stage.read(0);
      await on.stage.commits(0, {
        to: first?.id as EntryId,
        notes: new Map([["to:x", "1"]]),
        live: words({ a: "1" }),
        outbox: words({ "1/1": "go" }),
      });
      await on.stage.gives(0, BEN);
      const { notes, outbox, ...place } = await on.stage.open(0);
      expect(place).toEqual({ owner: BEN, epoch: 2, position: first?.id, commit: 1 });
      expect([[...notes], [...texts(outbox)]]).toEqual([[["to:x", "1"]], [["1/1", "go"]]]);
      expect([...(await on.stage.live(0))]).toEqual([["a", "1"]]);
      expect(await on.stage.words(0, place.position)).toEqual([`${GATE} 2`]);
    });
  });

  describe("who is buried in a shard", () => {
    it("has the last word there, once, and nothing of it is taken any more", async () => {
      const ana = await on.stage.hears(ANA);
      await on.stage.gives(0, ANA);
      await on.stage.append(0, GATE, 1, { most: 1 });
      for (let times = 0; times < 2; times++) await bury(on.stage);
      for (const number of [1, 2]) {
        expect(await on.stage.append(0, GATE, number)).toEqual({ at: "buried" });
      }
      expect(await on.stage.words(0)).toEqual([`${GATE} 1`, "farewell"]);
      expect((await on.stage.read(0)).map(({ sender }) => sender)).toEqual([GATE, GATE]);
      await on.stage.opened.settle();
      expect(said(ana)).toEqual(["0 granted 1", `0 entry ${GATE} 1`, "0 entry farewell"]);
    });

    it("stays buried there over commits and owners, and is not elsewhere", async () => {
      await on.stage.gives(0, ANA);
      await bury(on.stage);
      await on.stage.commits(0);
      await on.stage.gives(0, BEN);
      await bury(on.stage);
      expect(await on.stage.words(0, (await on.stage.open(0)).position)).toEqual([]);
      expect(await on.stage.append(0, GATE, 1)).toEqual({ at: "buried" });
      expect(await on.stage.append(1, GATE, 1)).toEqual({ at: "taken" });
    });
  });
}

const bury = (stage: Stage): Promise<void> => {
  return stage.ask((then) => stage.backbone.bury(0, GATE, bytes("farewell"), then));
};
const frame = (to: typeof ANA, word: string) => ({ to, bytes: bytes(word) });
const named = (keys: readonly string[]) => {
  return Object.fromEntries(keys.map((key) => [key, `<${key}>`]));
};
const words = (named: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> => {
  return new Map(Object.entries(named).map(([key, word]) => [key, bytes(word)]));
};
