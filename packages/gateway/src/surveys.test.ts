import type { Command, Survey } from "@roundhouse/domain";
import { type Actor, Stage } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";

const SERVER = { version: "1.2.3", since: 1_000 };
let stage: Stage;
let ana: Actor;
beforeEach(() => {
  stage = new Stage({ shards: 3, limits: { messagesPerSecondMax: 30 } });
  ana = stage.connect();
});

const search = (kind: "users" | "rooms", prefix = "a") => {
  return { to: "search", kind, prefix, request: 5 };
};
const requestOf = (commands: readonly Command[]): number => {
  const [first] = commands;
  return Number(first !== undefined && "request" in first ? first.request : 0);
};
const users = (...ids: readonly string[]): Survey => {
  return { on: "users", users: ids.map((id) => ({ id: id as never, nickname: id })) };
};
const counts = (accounts: number, online: number, rooms: number): Survey => {
  return { on: "counts", accounts, online, rooms };
};
const tell = (request: number, ...surveys: readonly Survey[]): void => {
  for (const survey of surveys) stage.say({ to: "survey", request, survey });
};
const names = (): readonly string[] | undefined => {
  const [heard] = ana.heard() as { found: { users: { id: string }[] } }[];
  return heard?.found.users.map(({ id }) => id);
};

describe("a search", () => {
  it("asks every shard and is answered once, in order, when all have answered", () => {
    ana.asks(search("users"));
    const commands = stage.asked();
    expect(commands).toHaveLength(3);
    expect(commands[0]).toMatchObject({ on: "search", kind: "users", prefix: "a", limit: 50 });
    const request = requestOf(commands);
    tell(request, users("ada", "al"), users("abe", "amy"));
    expect(ana.heard()).toEqual([]);
    tell(request, users("aa"));
    const found = ["aa", "abe", "ada", "al", "amy"].map((id) => ({ id, nickname: id }));
    expect(ana.heard()).toEqual([
      { on: "found", request: 5, found: { on: "users", users: found } },
    ]);
    tell(request, users("late"));
    expect(ana.heard()).toEqual([]);
  });

  it("finds rooms as well", () => {
    ana.asks(search("rooms"));
    const room = { id: "aula" as never, title: "Aula", access: "public" } as const;
    const survey = { on: "rooms", rooms: [room] } as const;
    const request = requestOf(stage.asked());
    tell(request, survey, users("ada")); // What answers something else is no answer.
    tell(request, survey, { on: "rooms", rooms: [] });
    expect(ana.heard()).toEqual([
      { on: "found", request: 5, found: { on: "rooms", rooms: [room, room] } },
    ]);
  });

  it("finds fifty, the first of all shards", () => {
    ana.asks(search("users"));
    const id = (n: number): string => `a${String(n).padStart(3, "0")}`;
    const of = (rest: number): Survey => {
      return users(...Array.from({ length: 40 }, (_, n) => id(3 * n + rest)));
    };
    tell(requestOf(stage.asked()), of(0), of(1), of(2));
    expect(names()).toEqual(Array.from({ length: 50 }, (_, n) => id(n)));
  });

  it("waits two seconds for a shard in trouble, and not for one that took no question", () => {
    stage.refuses = (_, shard) => shard === 2;
    ana.asks(search("users"));
    tell(requestOf(stage.asked()), users("ada"), users("abe"));
    expect(names()).toEqual(["abe", "ada"]);
    stage.refuses = () => false;
    ana.asks(search("users"));
    tell(requestOf(stage.asked()), users("ada"));
    stage.passes(1);
    expect(ana.heard()).toEqual([]);
    stage.passes(1);
    expect(names()).toEqual(["ada"]);
  });

  it("costs twenty messages", () => {
    for (let n = 0; n < 3; n++) ana.asks(search("users"));
    ana.asks(search("users"));
    expect(stage.asked()).toHaveLength(3 * 3);
    expect(ana.heard()).toEqual([{ on: "garbled", code: "rate_exceeded", facts: {} }]);
  });

  it("of a connection that closed or logged out meanwhile is answered to nobody", () => {
    const ben = stage.connect("there");
    ana.asks(search("users"));
    const first = requestOf(stage.asked());
    ben.asks(search("users"));
    const second = requestOf(stage.asked());
    ana.socket.leaves(true);
    ben.asks({ to: "logOut" });
    ben.heard();
    tell(first, users("a"), users("a"), users("a"));
    tell(second, users("a"), users("a"), users("a"));
    expect([ana.heard(), ben.heard()]).toEqual([[], []]);
  });

  it("is refused when too many wait already", () => {
    const crowd = Array.from({ length: 256 }, (_, n) => stage.connect(`address ${n}`));
    for (const actor of crowd) actor.asks(search("users"));
    ana.asks(search("users"));
    expect(ana.heard()).toMatchObject([
      { told: { on: "refused", code: "inbox_full", request: 5 } },
    ]);
    stage.passes(2);
    ana.asks(search("users"));
    expect(ana.heard()).toEqual([]);
  });
});

describe("a count", () => {
  it("is the sum of all shards, with what this process has seen", () => {
    stage = new Stage({ shards: 3, server: SERVER });
    ana = stage.connect();
    ana.asks({ to: "count", request: 7 });
    tell(requestOf(stage.asked()), counts(4, 2, 1), counts(1, 1, 0), counts(0, 0, 3));
    const [heard] = ana.heard();
    expect(heard).toMatchObject({ on: "counted", request: 7 });
    expect(heard).toMatchObject({ facts: { ...SERVER, users: 5, online: 3, rooms: 4 } });
    expect(heard).toMatchObject({ facts: { usersMax: 5, onlineMax: 3, roomsMax: 4 } });
    expect(heard).toMatchObject({ facts: { messagesIn: 1, messagesOut: 0, bytesOut: 0 } });
  });

  it("remembers the most there ever were, sampled every five seconds and at each count", () => {
    stage = new Stage({ shards: 1, server: SERVER });
    ana = stage.connect();
    stage.passes(1);
    tell(requestOf(stage.asked()), counts(9, 8, 7));
    stage.passes(4);
    expect(stage.asked()).toEqual([]);
    stage.passes(1);
    tell(requestOf(stage.asked()), counts(1, 1, 1));
    expect(ana.heard()).toEqual([]);
    ana.asks({ to: "count", request: 7 });
    tell(requestOf(stage.asked()), counts(2, 2, 20));
    const most = { users: 2, usersMax: 9, online: 2, onlineMax: 8, rooms: 20, roomsMax: 20 };
    expect(ana.heard()).toMatchObject([{ facts: most }]);
  });

  it("is not sampled where no facts of the server are given", () => {
    stage.passes(10);
    expect(stage.asked()).toEqual([]);
  });
});
