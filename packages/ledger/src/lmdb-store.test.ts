import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { shardOf, silentLog } from "@roundhouse/kernel";
import { VirtualTime } from "@roundhouse/testkit";
import fc from "fast-check";
import { open } from "lmdb";
import { afterAll, describe, expect, it } from "vitest";
import { EmbeddedLedger } from "./embedded.ts";
import { describeLedger, INBOX_MAX, SHARDS } from "./ledger.contract.ts";
import { lmdbStore } from "./lmdb-store.ts";
import { startProgram } from "./source-process.contract.ts";
import { memoryStore, type Store } from "./store.ts";

const root = mkdtempSync(join(tmpdir(), "roundhouse-ledger-"));
let folders = 0;
const folder = (): string => join(root, String(++folders));
afterAll(() => rmSync(root, { recursive: true }));

describeLedger("embedded, records in LMDB", async () => {
  const { store, written } = watched(lmdbStore(folder()));
  const time = new VirtualTime();
  const ledger = new EmbeddedLedger<string, string, unknown>({
    shards: SHARDS,
    store,
    clock: time,
    log: silentLog,
    inboxMax: INBOX_MAX,
    defer: time.defer,
    later: time.later,
  });
  const settle = async (): Promise<void> => {
    do time.settle();
    while (await written());
  };
  return { ledger, settle, close: () => store.close() };
});

describe("records in LMDB", () => {
  it("are found again when it is opened anew", async () => {
    const path = folder();
    const first = lmdbStore(path);
    const record = { guarded: true, invites: [{ room: "pit", from: "ana" }] };
    await first.write(
      new Map<string, unknown>([
        ["user/ben", record],
        ["user/carl", 1],
      ]),
    );
    await first.write(new Map([["user/carl", undefined]]));
    await first.close();
    const second = lmdbStore(path);
    expect(second.get("user/ben")).toEqual(record);
    expect(second.get("user/carl")).toBeUndefined();
    await second.close();
  });

  it("are found again after kill -9 of a process that was told they are written", async () => {
    const path = folder();
    const writer = startProgram(WRITER, path);
    const ended = once(writer, "exit");
    let last = -1;
    for await (const line of createInterface({ input: writer.stdout })) {
      last = Number(line);
      if (last >= 25) writer.kill("SIGKILL");
    }
    expect(await ended).toEqual([null, "SIGKILL"]);
    const store = lmdbStore(path);
    for (let count = 0; count <= last; count++) {
      expect(store.get(`user/${count}`)).toEqual({ guarded: true, invites: [], count });
      expect(store.get(`user/${count - 1}/before`)).toBeUndefined();
    }
    await store.close();
  });
});

describe("what an older data folder has", () => {
  const USERS = ["ana", "ben", "1:789", "é", "🚂"];
  const old = async (path: string, meta: Readonly<Record<string, unknown>>) => {
    const database = open<unknown, string>({ path, overlappingSync: false });
    for (const user of USERS) await database.put(`user/${user}`, { guarded: true, of: user });
    for (const [key, value] of Object.entries(meta)) await database.put(key, value);
    await database.close();
  };

  it("is moved to the shards that own it, once, and its own words stay", async () => {
    const path = folder();
    await old(path, { "meta/shards": 8, "meta/secret": "x" });
    for (let times = 0; times < 2; times++) {
      const store = lmdbStore(path);
      for (const user of USERS) {
        expect(store.get(`${shardOf(user, 8)}/user/${user}`)).toEqual({ guarded: true, of: user });
      }
      expect(store.count()).toBe(USERS.length);
      expect([store.get("meta/shards"), store.get("meta/secret")]).toEqual([8, "x"]);
      await store.close();
    }
    const database = open<unknown, string>({ path });
    expect(USERS.map((user) => database.get(`user/${user}`))).toEqual(USERS.map(() => undefined));
    await database.close();
  });

  it("is left alone when it does not say how many shards it has", async () => {
    const path = folder();
    await old(path, {});
    expect(() => lmdbStore(path)).toThrow("meta/shards");
  });
});

describe("records, what waits and the data set's own words", () => {
  it("are counted apart: users, accounts and rooms are records, their mail is not", async () => {
    for (const store of [lmdbStore(folder()), memoryStore()]) {
      await store.write(
        new Map<string, unknown>([
          ["meta/shards", 8],
          ["out/0000000000000001", { to: 1, command: "a" }],
          ["0/account/ana", 1],
          ["1/room/pit", 1],
          ["0/mail/1/ana", 1],
          ["0/shard", 1],
        ]),
      );
      expect(store.count()).toBe(2);
      expect([...store.scan("out/", 9)]).toEqual([
        ["out/0000000000000001", { to: 1, command: "a" }],
      ]);
      await store.close();
    }
  });

  it("are found in the same order as in memory, whatever the keys", async () => {
    const [disk, memory] = [lmdbStore(folder()), memoryStore()];
    const texts = fc.string({
      unit: fc.constantFrom("a", "b", "é", "\uffee", "🚂", " ", "~"),
      maxLength: 70,
    });
    const property = fc.asyncProperty(
      fc.array(texts),
      texts,
      fc.nat(9),
      async (names, begin, most) => {
        const changes = new Map(names.map((name) => [`0/room/${name}`, name]));
        for (const store of [disk, memory]) await store.write(changes);
        const prefix = `0/room/${[...begin].slice(0, 2).join("")}`;
        expect([...disk.scan(prefix, most)]).toEqual([...memory.scan(prefix, most)]);
      },
    );
    await fc.assert(property, { numRuns: 50 });
    expect(disk.count()).toBe(memory.count());
    await disk.close();
  });
});

/** A program that writes until somebody ends it. */
const WRITER = `
import { lmdbStore } from "./lmdb-store.ts";
const store = lmdbStore(process.argv[1]);
for (let count = 0; ; count++) {
  await store.write(new Map([
    ["user/" + count, { guarded: true, invites: [], count }],
    ["user/" + (count - 1) + "/before", undefined],
    ["user/" + count + "/before", 1],
  ]));
  process.stdout.write(count + "\\n");
}
`;

/** Knows when nothing is being written. */
function watched(store: Store) {
  let writing: Promise<void>[] = [];
  const write: Store["write"] = (changes) => {
    const promise = store.write(changes);
    writing.push(promise);
    return promise;
  };
  const written = async (): Promise<boolean> => {
    const underway = writing;
    writing = [];
    await Promise.all(underway);
    return underway.length > 0;
  };
  return { store: { ...store, write }, written };
}
