import { type GatewayId, type Log, silentLog } from "@roundhouse/kernel";
import { VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { EmbeddedLedger } from "./embedded.ts";
import { describeLedger, hearing, INBOX_MAX, NOTHING, owner, SHARDS } from "./ledger.contract.ts";
import type { Commit } from "./ledger.ts";
import { memoryStore, type Store } from "./store.ts";

describeLedger("embedded, records in memory", async () => {
  const time = new VirtualTime();
  const ledger = open(memoryStore(), time);
  const settle = async (): Promise<void> => {
    // A write to memory resolves with the next microtask.
    for (let rounds = 0; rounds < 20; rounds++) {
      time.settle();
      await Promise.resolve();
    }
  };
  return { ledger, settle, close: async () => {} };
});

describe("the embedded ledger, its store in trouble", () => {
  const begun = () => {
    const { store, finish } = stubbornStore();
    const time = new VirtualTime();
    const said: string[] = [];
    const log: Log = { say: (level, event) => said.push(`${level} ${event}`) };
    const ledger = open(store, time, log);
    const told: string[] = [];
    ledger.hear(
      GATE,
      hearing((items) => told.push(...items)),
    );
    ledger.own(
      1,
      owner((posts) => {
        told.push(...posts.map(({ command }) => `shard 1 took ${command}`));
        ledger.commit(1, NOTHING, () => {});
      }),
    );
    ledger.own(
      0,
      owner(() => ledger.commit(0, DURABLE, () => told.push("done"))),
    );
    ledger.append(0, GATE, "a");
    time.settle();
    return { finish, ledger, said, time, told };
  };

  it("shows nothing of a commit before its records are on disk", async () => {
    const { finish, told, time } = begun();
    time.pass(60_000);
    expect(told).toEqual([]);
    await finish("well");
    expect(told).toEqual(["x", "done"]);
    time.settle();
    expect(told).toEqual(["x", "done", "shard 1 took sent"]);
  });

  it("tries again until the store takes the commit, and then shows it once", async () => {
    const { finish, ledger, time, told } = begun();
    for (let times = 0; times < 3; times++) {
      await finish("badly");
      expect(ledger.isHealthy).toBe(false);
      time.pass(500);
    }
    expect(told).toEqual([]);
    await finish("well");
    time.settle();
    expect(told).toEqual(["x", "done", "shard 1 took sent"]);
    expect(ledger.isHealthy).toBe(true);
    expect(ledger.stats).toMatchObject({ storeFailures: 3, durableCommits: 1 });
  });

  it("promises nothing more after five seconds, but keeps what it promised before", async () => {
    const { finish, ledger, time, told } = begun();
    await finish("badly");
    expect(ledger.append(0, GATE, "b")).toMatchObject({ ok: true });
    for (let times = 0; times < 10; times++) {
      time.pass(500);
      await finish("badly");
    }
    expect(ledger.append(0, GATE, "c")).toMatchObject({ ok: false, code: "shard_unavailable" });
    expect(ledger.append(1, GATE, "d")).toMatchObject({ ok: true });
    time.pass(500);
    await finish("well");
    time.settle();
    await finish("well");
    expect(ledger.append(0, GATE, "e")).toMatchObject({ ok: true });
    expect(told.filter((word) => word === "done")).toHaveLength(2);
  });

  it("says so in the log each time", async () => {
    const { finish, said } = begun();
    await finish("badly");
    expect(said).toEqual(["error store_failed"]);
  });

  it("goes on for shards that need no store", async () => {
    const { ledger, time, told } = begun();
    ledger.append(1, GATE, "b");
    time.settle();
    expect(told).toEqual(["shard 1 took b"]);
  });

  it("takes no more from the inbox meanwhile, and all of it after", async () => {
    const { finish, ledger, time, told } = begun();
    ledger.append(0, GATE, "b");
    time.settle();
    expect(ledger.depth()).toMatchObject({ commands: 1 });
    await finish("well");
    time.settle();
    await finish("well");
    expect(told.filter((word) => word === "done")).toHaveLength(2);
  });
});

describe("the embedded ledger", () => {
  it("keeps nothing live: its owners live as long as it does, and remember for themselves", () => {
    const time = new VirtualTime();
    const ledger = open(memoryStore(), time);
    expect(ledger.keepsLive).toBe(false);
    const restored: unknown[] = [];
    const restore = (live: unknown) => restored.push(live);
    const live = new Map([["uana", 1]]);
    const take = () => ledger.commit(0, { ...NOTHING, live }, () => {});
    for (let owners = 0; owners < 2; owners++) {
      ledger.own(0, { restore, take });
      ledger.append(0, GATE, "a");
      time.settle();
    }
    const past: unknown[] = [];
    ledger.recall(0, (recalled) => past.push(recalled));
    expect([restored, past]).toEqual([[], [[]]]);
  });

  it("is quiet at once when nothing is underway", async () => {
    await expect(open(memoryStore(), new VirtualTime()).quiet()).resolves.toBeUndefined();
  });

  it("is quiet only when every inbox is empty and every commit is done", async () => {
    const { store, finish } = stubbornStore();
    const time = new VirtualTime();
    const ledger = open(store, time);
    const ready = owner(() => ledger.commit(0, DURABLE, () => {}));
    ledger.own(0, ready);
    const next = owner(() => ledger.commit(1, NOTHING, () => {}));
    ledger.own(1, next);
    ledger.append(0, GATE, "a");
    let isQuiet = false;
    const quiet = ledger.quiet().then(() => {
      isQuiet = true;
    });
    const look = async (): Promise<boolean> => {
      await Promise.resolve();
      return isQuiet;
    };
    expect(await look()).toBe(false);
    time.settle();
    expect(await look()).toBe(false);
    await finish("well");
    expect(await look()).toBe(false); // What it sent to shard 1 waits there.
    time.settle();
    await quiet;
  });

  it("knows how many commands wait, and how long the oldest has", () => {
    const time = new VirtualTime();
    const ledger = open(memoryStore(), time);
    expect(ledger.depth()).toEqual({ commands: 0, oldestSeconds: 0 });
    ledger.append(0, GATE, "a");
    time.pass(2000);
    ledger.append(1, GATE, "b");
    time.pass(1000);
    expect(ledger.depth()).toEqual({ commands: 2, oldestSeconds: 3 });
  });

  it("counts what it accepted, refused and committed", () => {
    const time = new VirtualTime();
    const ledger = open(memoryStore(), time);
    for (let count = 0; count < INBOX_MAX + 2; count++) ledger.append(0, GATE, "a");
    const ready = owner(() => ledger.commit(0, NOTHING, () => {}));
    ledger.own(0, ready);
    time.settle();
    expect(ledger.stats).toMatchObject({ appended: INBOX_MAX, refused: 2, commits: 1 });
    expect(ledger.stats.batch.sum).toBe(INBOX_MAX);
  });

  it("has as many shards as it was given, and says so to who asks for another", () => {
    const ledger = open(memoryStore(), new VirtualTime());
    expect(() => ledger.append(SHARDS, GATE, "a")).toThrow(RangeError);
  });
});

describe("a store in memory", () => {
  it("keeps what was written, not what the writer makes of it later", async () => {
    const store = memoryStore();
    const record = { invites: ["pit"] };
    await store.write(new Map([["user/ana", record]]));
    record.invites.push("hall");
    expect(store.get("user/ana")).toEqual({ invites: ["pit"] });
  });
});

function open(store: Store, time: VirtualTime, log = silentLog) {
  return new EmbeddedLedger<string, string, unknown>({
    shards: SHARDS,
    store,
    clock: time,
    log,
    inboxMax: INBOX_MAX,
    defer: time.defer,
    later: time.later,
  });
}

/** A store whose writes end when the test says so, and as it says. */
function stubbornStore() {
  const waiting: { readonly done: () => void; readonly failed: (cause: Error) => void }[] = [];
  const store: Store = {
    get: () => undefined,
    scan: () => new Map(),
    count: () => 0,
    write: () => new Promise((done, failed) => waiting.push({ done, failed })),
    close: async () => {},
  };
  const finish = async (how: "well" | "badly"): Promise<void> => {
    const write = waiting.shift();
    if (write === undefined) throw new Error("nobody writes");
    if (how === "well") write.done();
    else write.failed(new Error("no space left"));
    await Promise.resolve();
    await Promise.resolve();
  };
  return { store, finish };
}

const GATE = "gate" as GatewayId;
const DURABLE: Commit<string, string, unknown> = {
  items: [{ to: [GATE], item: "x" }],
  outbox: [{ shard: 1, command: "sent", lasts: false }],
  records: new Map([["user/ana", 1]]),
  live: new Map(),
};
