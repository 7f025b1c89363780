import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RedisServer, startRedis } from "@roundhouse/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Appended, BEGINNING, type EntryId, type Then } from "./backbone.ts";
import { ANA, bytes, GATE } from "./backbone-stage.contract.ts";
import type { RedisBackbone } from "./redis-backbone.ts";
import { LIBRARY_VERSION, type Library, redisLibrary } from "./redis-library.ts";
import { openRedisBackbone } from "./redis-open.ts";
import { RedisRefusal } from "./redis-primary.ts";
import { known, plainly, until } from "./redis-stage.contract.ts";

let server: RedisServer;
let at: string;
const opened: RedisBackbone[] = [];

beforeEach(async () => {
  server = await startRedis();
  at = `127.0.0.1:${server.port}`;
});
afterEach(async () => {
  for (const backbone of opened.splice(0)) backbone.close();
  await server.stop();
});

const open = async (url: string, signal = new AbortController().signal): Promise<RedisBackbone> => {
  const backbone = await openRedisBackbone({ ...plainly, url, signal });
  opened.push(backbone);
  return backbone;
};
const works = async (backbone: RedisBackbone): Promise<void> => {
  expect(await known<string>((then) => backbone.constant("shards", "3", then))).toBe("3");
};

describe("a backbone on Redis", () => {
  it("opens with the credentials in its URL, and in the database that it names", async () => {
    await server.ask("ACL", "SETUSER", "ana", "on", ">p@ss/word", "~*", "&*", "+@all");
    await works(await open(`redis://ana:p%40ss%2Fword@${at}/3`));
    expect(await server.ask("INFO", "keyspace")).toContain("db3:keys=1");
  });

  it("opens with a password alone", async () => {
    await server.ask("CONFIG", "SET", "requirepass", "secret");
    await works(await open(`redis://:secret@${at}`));
  });

  it.each([
    { wrong: "credentials", url: () => `redis://ana:hunter2@${at}`, says: "WRONGPASS" },
    { wrong: "a password missing", url: () => `redis://${at}`, says: "NOAUTH" },
    { wrong: "a URL", url: () => `http://:hunter2@${at}`, says: "one of these forms" },
  ])("is refused at once for $wrong, without the secret", async ({ url, says }) => {
    await server.ask("CONFIG", "SET", "requirepass", "secret");
    const refusal = await open(url()).catch((cause: unknown) => cause);
    expect(refusal).toBeInstanceOf(RedisRefusal);
    expect(String(refusal)).toContain(says);
    expect(String(refusal)).not.toContain("hunter2");
  });

  it("is refused where other functions have our name", async () => {
    const other = `#!lua name=${redisLibrary().name}\nredis.register_function('x', function() end)`;
    await server.ask("FUNCTION", "LOAD", other);
    const refusal = await open(server.url).catch((cause: unknown) => cause);
    expect(refusal).toBeInstanceOf(RedisRefusal);
    expect(String(refusal)).toContain("FUNCTION DELETE");
  });

  it("needs no more rights than the README names", async () => {
    const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
    const [, after = ""] = readme.split("ACL SETUSER roundhouse on >PASSWORD ");
    const words = (after.split("\n\n")[0] ?? "").split(/[\s\\]+/);
    await server.ask("ACL", "SETUSER", "roundhouse", "on", ">secret", ...words);
    const backbone = await open(`redis://roundhouse:secret@${at}`);
    await works(backbone);
    let isHeard = false;
    backbone.listen(ANA, ({ on }) => {
      isHeard ||= on === "said";
    });
    await until(() => backbone.isSound);
    const card = { name: "a", role: "shard", address: "", isLeaving: false } as const;
    const batch = { sender: ANA, number: 1, bytes: bytes("a"), most: 9 };
    const steps: ((then: Then<unknown>) => void)[] = [
      (then) => backbone.renew(ANA, card, then),
      (then) => backbone.assign(0, { epoch: 0, next: ANA }, then),
      (then) => backbone.append(0, batch, then),
      (then) => backbone.bury(0, GATE, bytes("b"), then),
      (then) => backbone.read(0, BEGINNING, 9, then),
      (then) => backbone.open(0, then),
      (then) => backbone.scan(0, () => {}, then),
      (then) => backbone.fetch(0, ["a"], then),
      (then) => backbone.find(0, "room/", 9, then),
      (then) => backbone.count(0, then),
      (then) => backbone.history(0, 0, 9, then),
      (then) => backbone.holder(0, then),
      (then) => backbone.wish(new Map([[0, ANA]]), then),
      (then) => backbone.wish(new Map([[0, undefined]]), then),
      (then) => backbone.drain("a", true, then),
      (then) => backbone.drain("a", false, then),
      (then) => backbone.declareDead(GATE, then),
      (then) => backbone.forget(GATE, then),
      (then) => backbone.leave(ANA, then),
      (then) => backbone.commit(0, COMMIT, then),
      (then) => backbone.commit(0, { ...COMMIT, ...UNDONE }, then),
    ];
    for (const step of steps) {
      const answer = await new Promise((resolve) => step(resolve));
      expect(answer).toMatchObject({ known: true });
    }
    backbone.say(0, ANA, bytes("c"));
    await until(() => isHeard);
  });

  it("runs beside one of another version, on the same data", async () => {
    const library = redisLibrary();
    const next: Library = {
      name: "roundhouse_next",
      code: library.code
        .replace(`name=${library.name}`, "name=roundhouse_next")
        .replace(`"rh${LIBRARY_VERSION}"`, '"rhNext"'),
      functionName: (step) => `rhNext_${step}`,
    };
    const old = await open(server.url);
    const young = await openRedisBackbone({ ...plainly, url: server.url, library: next });
    opened.push(young);
    const append = (backbone: RedisBackbone, number: number) => {
      const batch = { sender: ANA, number, bytes: bytes(String(number)), most: 0 };
      return known<Appended>((then) => backbone.append(0, batch, then));
    };
    for (const number of [1, 2, 3, 4]) {
      expect(await append(number % 2 === 0 ? old : young, number)).toEqual({ at: "taken" });
    }
    expect(await server.ask("XLEN", "{rh:0}:in")).toBe(4);
  });

  it("is waited for until the node is stopped", async () => {
    await server.kill();
    const stopping = new AbortController();
    const opening = open(server.url, stopping.signal);
    stopping.abort(new Error("stopped"));
    await expect(opening).rejects.toThrow("stopped");
  });

  it("finds what another one left, functions too", async () => {
    const [one, other] = [await open(server.url), await open(server.url)];
    await works(one);
    await works(other);
    expect([one.stats.functionsLoaded, other.stats.functionsLoaded]).toEqual([1, 0]);
  });

  it("answers nothing after its end, and says so", async () => {
    const backbone = await open(server.url);
    backbone.close();
    const answer = await new Promise((resolve) => backbone.holder(0, resolve));
    expect(answer).toMatchObject({ known: false });
  });
});

const some = new Map([["a", bytes("1")]]);
const none = new Map([["a", undefined]]);
const COMMIT = {
  owner: ANA,
  epoch: 1,
  from: BEGINNING,
  to: "1-1" as EntryId,
  commit: 1,
  notes: new Map([["a", "1"]]),
  live: some,
  kept: new Map([["room/a", bytes("1")]]),
  outbox: some,
  history: bytes("1"),
  historyFrom: 1,
  frames: [{ to: ANA, bytes: bytes("1") }],
};
/** The commit after it takes everything back. */
const UNDONE = {
  from: "1-1" as EntryId,
  commit: 2,
  notes: none,
  live: none,
  kept: new Map([["room/a", undefined]]),
  outbox: none,
  history: undefined,
};
