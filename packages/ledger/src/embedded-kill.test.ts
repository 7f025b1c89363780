/** Records in LMDB and kill -9 at any moment: what lasts between shards is applied once, in its order. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { silentLog } from "@roundhouse/kernel";
import { Dice } from "@roundhouse/testkit";
import { afterAll, expect, it } from "vitest";
import { EmbeddedLedger } from "./embedded.ts";
import { lmdbStore } from "./lmdb-store.ts";
import { type Message, relay, TELLER } from "./relay.contract.ts";
import { startProgram } from "./source-process.contract.ts";

const folder = mkdtempSync(join(tmpdir(), "roundhouse-kill-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHARDS = 4;
const KILLS = 10;

it("survives kill -9 of its process, again and again", { timeout: 60_000 }, async () => {
  const dice = new Dice(Date.now());
  const told: string[] = [];
  for (let life = 0; life < KILLS; life++) told.push(...(await untilKilled(life, dice.below(60))));
  const store = lmdbStore(folder);
  const ledger = new EmbeddedLedger<Message, string, unknown>({
    shards: SHARDS,
    store,
    clock: { now: Date.now, precise: () => performance.now() },
    log: silentLog,
    inboxMax: 1_000,
    defer: setImmediate,
    later: setTimeout,
  });
  relay(ledger, SHARDS);
  await ledger.quiet();
  expect(store.scan("out/", 10).size).toBe(0);
  const books = new Map<string, unknown>();
  for (let shard = 0; shard < SHARDS; shard++) {
    for (const [key, count] of store.scan(`${shard}/`, 1_000_000)) books.set(key, count);
  }
  await store.close();
  expect(told.length).toBeGreaterThan(KILLS);
  // Whoever was told that its message is begun is right, and each ended once.
  for (const name of told) expect(ends(books, name)).toBe(1);
  for (let from = 0; from < SHARDS; from++) {
    for (let to = 0; to < SHARDS; to++) {
      expect(books.get(`${to}/got/${from}`)).toBe(books.get(`${from}/sent/${to}`));
    }
  }
});

function ends(books: ReadonlyMap<string, unknown>, name: string): number {
  let count = 0;
  for (let shard = 0; shard < SHARDS; shard++) {
    count += Number(books.get(`${shard}/ended/${name}`) ?? 0);
  }
  return count;
}

/** One life of the process: the names of what it told to be begun. */
async function untilKilled(life: number, afterMs: number): Promise<readonly string[]> {
  const child = startProgram(PROGRAM, folder, String(life), String(SHARDS));
  const ended = once(child, "exit");
  const told: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (told.length === 0) setTimeout(() => child.kill("SIGKILL"), afterMs);
    told.push(line);
  }
  expect(await ended).toEqual([null, "SIGKILL"]);
  return told;
}

/** Begins messages without an end; each has a way of five shards to go. */
const PROGRAM = `
import { writeSync } from "node:fs";
import { EmbeddedLedger } from "./embedded.ts";
import { lmdbStore } from "./lmdb-store.ts";
import { relay } from "./relay.contract.ts";

const [folder, life, shards] = process.argv.slice(1);
const teller = ${JSON.stringify(TELLER)};
const ledger = new EmbeddedLedger({
  shards: Number(shards),
  store: lmdbStore(folder),
  clock: { now: Date.now, precise: () => performance.now() },
  log: { say: () => {} },
  inboxMax: 1000,
  defer: setImmediate,
  later: setTimeout,
});
relay(ledger, Number(shards));
let count = 0;
const next = () => {
  const at = count++;
  const path = Array.from({ length: 5 }, (_, step) => (at * (step + 1) + step) % Number(shards));
  ledger.append(path[0], teller, { name: life + "." + at, path });
};
ledger.hear(teller, {
  frame: ({ items }) => {
    for (const name of items) {
      writeSync(1, name + "\\n");
      next();
    }
  },
  missed: () => {},
});
for (let times = 0; times < 8; times++) next();
`;
