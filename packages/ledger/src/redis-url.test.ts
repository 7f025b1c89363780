import { describe, expect, it } from "vitest";
import { describeTarget, parseRedisUrl, type RedisTarget } from "./redis-url.ts";

const plain = { isTls: false, credentials: undefined };
const here = { host: "127.0.0.1", port: 6379 };
const cases: readonly { readonly url: string; readonly is: RedisTarget }[] = [
  {
    url: "redis://127.0.0.1",
    is: { ...plain, at: "single", address: here, database: 0 },
  },
  {
    url: "rediss://ana:a%3Ab%40c@[::1]:7000/3",
    is: {
      at: "single",
      isTls: true,
      credentials: { username: "ana", password: "a:b@c" },
      address: { host: "::1", port: 7000 },
      database: 3,
    },
  },
  {
    url: "redis://:secret@redis.house:6379/",
    is: {
      at: "single",
      isTls: false,
      credentials: { username: undefined, password: "secret" },
      address: { host: "redis.house", port: 6379 },
      database: 0,
    },
  },
  {
    url: "redis+sentinel://one,two:26380/main",
    is: {
      ...plain,
      at: "sentinel",
      sentinels: [
        { host: "one", port: 26_379 },
        { host: "two", port: 26_380 },
      ],
      name: "main",
      database: 0,
      sentinelCredentials: undefined,
    },
  },
  {
    url: "rediss+sentinel://ana:secret@one/main/2?sentinelUser=ben&sentinelPassword=p%20w",
    is: {
      at: "sentinel",
      isTls: true,
      credentials: { username: "ana", password: "secret" },
      sentinels: [{ host: "one", port: 26_379 }],
      name: "main",
      database: 2,
      sentinelCredentials: { username: "ben", password: "p w" },
    },
  },
  {
    url: "redis+cluster://one:7001,two",
    is: {
      ...plain,
      at: "cluster",
      seeds: [
        { host: "one", port: 7001 },
        { host: "two", port: 6379 },
      ],
    },
  },
  {
    url: "rediss+cluster://:secret@one:7001/",
    is: {
      at: "cluster",
      isTls: true,
      credentials: { username: undefined, password: "secret" },
      seeds: [{ host: "one", port: 7001 }],
    },
  },
];

const refused = [
  { url: "", because: "one of these forms" },
  { url: "127.0.0.1:6379", because: "one of these forms" },
  { url: "http://127.0.0.1", because: "one of these forms" },
  { url: "redis+socket://127.0.0.1", because: "one of these forms" },
  { url: "redis://", because: "is no host" },
  { url: "redis://one,two", because: "redis+sentinel:// or redis+cluster://" },
  { url: "redis://one/0/1", because: "no more" },
  { url: "redis://one/first", because: "number of a database" },
  { url: "redis://one:0", because: "1 to 65535" },
  { url: "redis://one:70000", because: "1 to 65535" },
  { url: "redis://hunter2@one", because: ":password@" },
  { url: "redis://ana:@one", because: "password is empty" },
  { url: "redis://ana:hunter2%@one", because: "%25" },
  { url: "redis://ana:hunter2#@one", because: "%23" },
  { url: "redis://ana:hunter2/x@one", because: "%2F" },
  { url: "redis://ana:hunter2?x@one", because: "%3F" },
  { url: "redis://one?tls=yes", because: 'option "tls"' },
  { url: "redis+sentinel://one", because: "name is missing" },
  { url: "redis+sentinel://one/main/0/x", because: "no more" },
  { url: "redis+sentinel://one/main?sentinelUser=ana", because: "needs a sentinelPassword" },
  { url: "redis+cluster://one,,two", because: "is no host" },
  { url: "redis+cluster://one/1", because: "no databases" },
];

describe("a Redis URL", () => {
  it.each(cases)("$url says where Redis is", ({ url, is }) => {
    expect(parseRedisUrl(url)).toEqual({ ok: true, target: is });
  });

  it.each(refused)("$url is refused, with the reason and without the secret", (it) => {
    const parsed = parseRedisUrl(it.url);
    const problem = parsed.ok ? "taken" : parsed.problem;
    expect(problem).toContain(it.because);
    expect(problem).not.toContain("hunter2");
  });

  it("is said in logs without its secrets", () => {
    const said = cases.map(({ is }) => describeTarget(is));
    expect(said.slice(1, 4)).toEqual([
      "[::1]:7000",
      "redis.house:6379",
      "main behind one:26379,two:26380",
    ]);
    expect(said[5]).toBe("the cluster of one:7001,two:6379");
    expect(said.join()).not.toContain("secret");
  });
});
