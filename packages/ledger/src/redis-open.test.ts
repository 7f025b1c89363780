import { type RedisServer, startRedis } from "@roundhouse/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RedisBackbone } from "./redis-backbone.ts";
import { openRedisBackbone } from "./redis-open.ts";
import { RedisRefusal } from "./redis-primary.ts";
import { known, plainly } from "./redis-stage.contract.ts";

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
    const other = "#!lua name=roundhouse_1\nredis.register_function('x', function() end)";
    await server.ask("FUNCTION", "LOAD", other);
    const refusal = await open(server.url).catch((cause: unknown) => cause);
    expect(refusal).toBeInstanceOf(RedisRefusal);
    expect(String(refusal)).toContain("FUNCTION DELETE");
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
