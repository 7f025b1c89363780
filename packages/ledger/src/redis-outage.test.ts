/** What happens when Redis goes away, and when it is there and its answers are not. */
import {
  type FaultProxy,
  type RedisServer,
  startFaultProxy,
  startRedis,
} from "@roundhouse/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { type Appended, BEGINNING, type Entry } from "./backbone.ts";
import { ANA, bytes, GATE, Stage, said, text } from "./backbone-stage.contract.ts";
import { answerTo, known, type OpenedRedis, openEmpty, until } from "./redis-stage.contract.ts";

/** Quick to doubt, so that a test need not wait long. */
const quickly = { commandMs: 150, probeMs: 30 };

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function opened(server: RedisServer, url = server.url): Promise<OpenedRedis> {
  const it = await openEmpty(url, [server], quickly);
  ending.push(it.close);
  return it;
}

async function started(aof = false): Promise<RedisServer> {
  const server = await startRedis({ aof });
  ending.push(() => server.stop());
  return server;
}

async function proxied(server: RedisServer): Promise<FaultProxy> {
  const proxy = await startFaultProxy(server.port);
  ending.push(() => proxy.stop());
  return proxy;
}

describe("a Redis that is killed and started again", () => {
  it("has everything that it said it has, once and in order, and our functions", async () => {
    const server = await started(true);
    const { backbone } = await opened(server);
    let number = 0;
    let isOver = false;
    const flood = async (): Promise<void> => {
      while (!isOver) {
        number++;
        const batch = { sender: GATE, number, bytes: bytes(String(number)), most: 0 };
        const appended = await known<Appended>((then) => backbone.append(0, batch, then));
        expect(appended).toEqual({ at: "taken" });
      }
    };
    const flooding = flood();
    for (let times = 0; times < 3; times++) {
      const before = number;
      await until(() => number > before + 50);
      await server.restart();
    }
    isOver = true;
    await flooding;
    const entries = await known<readonly Entry[]>((then) => {
      backbone.read(0, BEGINNING, number + 1, then);
    });
    const numbers = Array.from({ length: number }, (_, index) => String(index + 1));
    expect(entries.map((entry) => text(entry.bytes))).toEqual(numbers);
    expect(backbone.stats.unknown.append).toBeGreaterThan(0);
    expect(backbone.stats.functionsLoaded).toBe(1);
    expect(backbone.stats.reconnections).toBeGreaterThan(0);
  });

  it("gets our functions anew when it lost everything", async () => {
    const server = await started(false);
    const { backbone } = await opened(server);
    await server.restart();
    expect(await known((then) => backbone.constant("shards", "3", then))).toBe("3");
    expect(backbone.stats.functionsLoaded).toBe(2);
  });

  it("lets its ears know that they may have missed something, and is heard again", async () => {
    const server = await started(true);
    const { backbone, settle } = await opened(server);
    const ana = await new Stage({ ...(await never()), backbone, settle }).hears(ANA);
    await server.kill();
    await until(() => !backbone.isSound);
    await server.start();
    await settle();
    backbone.say(1, ANA, bytes("again"));
    await settle();
    expect(said(ana)).toEqual(["interrupted", "1 again"]);
  });

  it("is waited for by who starts before it", async () => {
    const server = await started();
    await server.kill();
    const opening = opened(server);
    await server.start();
    expect((await opening).backbone.isSound).toBe(true);
  });
});

describe("a Redis that is paused", () => {
  it("answers nothing in time, and what it did then is recognised", async () => {
    const server = await started();
    const it = await opened(server);
    const { backbone } = it;
    const stage = new Stage(it);
    await stage.gives(0, ANA);
    const commit = await stage.nextCommit(0, { history: bytes("once") });
    server.pause();
    const batch = { sender: GATE, number: 1, bytes: bytes("once"), most: 0 };
    const [appended, committed] = await Promise.all([
      answerTo((then) => backbone.append(0, batch, then)),
      answerTo((then) => backbone.commit(0, commit, then)),
    ]);
    expect([appended.known, committed.known, backbone.isSound]).toEqual([false, false, false]);
    server.resume();
    expect(await known((then) => backbone.append(0, batch, then))).toEqual({ at: "taken" });
    expect(await known((then) => backbone.commit(0, commit, then))).toEqual({ at: "done" });
    await until(() => backbone.isSound);
    expect(await stage.words(0)).toEqual(["once"]);
    expect(await stage.history(0)).toEqual(["1 once"]);
    const { unknown } = backbone.stats;
    expect([unknown.append > 0, unknown.commit > 0]).toEqual([true, true]);
  });

  it("is left for a new connection when it stays silent, as one that is gone would be", async () => {
    const server = await started();
    const { backbone } = await opened(server);
    server.pause();
    const asking = async (): Promise<void> => {
      while (backbone.stats.reconnections === 0) {
        await answerTo((then) => backbone.holder(0, then));
      }
    };
    const asked = asking();
    await until(() => backbone.stats.unknown.holder >= 5);
    server.resume();
    await asked;
    expect(await known((then) => backbone.holder(0, then))).toEqual({ owner: "", epoch: 0 });
  });
});

describe("an answer that is lost on the way", () => {
  it("is unknown, and the step that was done is recognised when it is repeated", async () => {
    const server = await started();
    const proxy = await proxied(server);
    const it = await opened(server, proxy.url);
    const { backbone, settle } = it;
    const stage = new Stage(it);
    const gate = await stage.hears(GATE);
    await stage.gives(0, ANA);
    await stage.append(0, GATE, 1);
    const frames = [{ to: GATE, bytes: bytes("frame") }];
    const commit = await stage.nextCommit(0, { history: bytes("once"), frames });
    const batch = { sender: GATE, number: 2, bytes: bytes("two"), most: 0 };
    proxy.loseReplies("steps");
    const answers = await Promise.all([
      answerTo((then) => backbone.commit(0, commit, then)),
      answerTo((then) => backbone.append(0, batch, then)),
    ]);
    expect(answers.map((answer) => answer.known)).toEqual([false, false]);
    proxy.heal();
    expect(await known((then) => backbone.commit(0, commit, then))).toEqual({ at: "done" });
    expect(await known((then) => backbone.append(0, batch, then))).toEqual({ at: "taken" });
    await settle();
    expect(said(gate)).toEqual(["0 frame"]);
    expect(await stage.history(0)).toEqual(["1 once"]);
    expect(await stage.words(0, commit.to)).toEqual(["two"]);
  });

  it("may be the command's own: then it was not done", async () => {
    const server = await started();
    const proxy = await proxied(server);
    const it = await opened(server, proxy.url);
    const batch = { sender: GATE, number: 1, bytes: bytes("one"), most: 0 };
    proxy.loseRequests("steps");
    const answer = await answerTo((then) => it.backbone.append(0, batch, then));
    expect(answer.known).toBe(false);
    expect(await server.ask("EXISTS", "{rh:0}:in")).toBe(0);
    proxy.heal();
    expect(await known((then) => it.backbone.append(0, batch, then))).toEqual({ at: "taken" });
  });
});

/** What a stage needs beside a backbone. */
const never = async () => ({ turn: () => {}, passes: async () => {}, close: async () => {} });
