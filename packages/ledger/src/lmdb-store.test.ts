import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { silentLog } from "@roundhouse/kernel";
import { VirtualTime } from "@roundhouse/testkit";
import { transformSync } from "@swc/core";
import { afterAll, describe, expect, it } from "vitest";
import { EmbeddedLedger } from "./embedded.ts";
import { describeLedger, INBOX_MAX, SHARDS } from "./ledger.contract.ts";
import { lmdbStore } from "./lmdb-store.ts";
import type { Store } from "./store.ts";

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
    const writer = spawn(process.execPath, ["--input-type=module", "-e", WRITER, path], {
      cwd: join(import.meta.dirname, ".."),
      stdio: ["ignore", "pipe", "inherit"],
    });
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

/** The store itself, as JavaScript, and a program that writes until somebody ends it. */
const STORE = readFileSync(join(import.meta.dirname, "lmdb-store.ts"), "utf8");
const WRITER = `
${transformSync(STORE, { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }).code}
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
