import type { Status } from "@roundhouse/domain";
import { Digest, type DigestValue, type SessionId, type UserId } from "@roundhouse/kernel";
import type { AnyProtocol } from "@roundhouse/protocol";
import { beforeEach, describe, expect, it } from "vitest";
import { Connection, type Voice } from "./connection.ts";
import { Outlet } from "./outlet.ts";
import { GatewayStats } from "./stats.ts";
import { Watches } from "./watches.ts";

/** A gateway's watches without the rest: what was asked of shards, answered and spread. */
class Gate {
  readonly asked: string[] = [];
  readonly told: string[] = [];
  isFull = false;
  /** What the shards must know that is watched here. */
  readonly mirror = new Digest();
  readonly #topics = new Map<string, number>();
  readonly #voice = { protocol: PROTOCOL, mark: "0", isBinary: false, connections: 1 } as Voice;
  readonly #outlet = new Outlet(new GatewayStats());
  readonly watches: Watches;
  #sessions = 0;

  constructor(shards = 1) {
    this.#outlet.connect({
      publish: (topic, frame) => this.told.push(`${topic}: ${String(frame)}`) > 0,
      numSubscribers: (topic) => this.#topics.get(topic) ?? 0,
    });
    this.watches = new Watches({
      shards,
      outlet: this.#outlet,
      voices: [this.#voice],
      ask: (on, _, users) => {
        if (this.isFull) return false;
        this.asked.push(`${on} ${users.join(" ")}`);
        return true;
      },
      mirror: () => this.mirror,
      hear: ({ session }, heard) => {
        const { on: _on, ...words } = heard;
        this.told.push(`${session}: ${Object.values(words).join(" ")}`);
      },
      answer: ({ session }, statuses) => {
        const words = statuses.map(([user, status]) => `${user} ${status}`);
        this.told.push(`${session}: ${words.join(", ")}`);
      },
    });
  }

  /** Somebody whose protocol hears each by itself is no topic's subscriber. */
  enter(hears: AnyProtocol["hears"] = "alike"): Connection {
    const voice = { ...this.#voice, protocol: { ...PROTOCOL, hears } };
    const session = `s${++this.#sessions}` as SessionId;
    const address = { name: "", connections: 1, allowance: 0, at: 0 };
    const connection = new Connection(
      hears === "each" ? voice : this.#voice,
      session,
      address,
      0,
      0,
    );
    const count = (topic: string, by: 1 | -1): boolean => {
      this.#topics.set(topic, (this.#topics.get(topic) ?? 0) + by);
      return true;
    };
    connection.socket = {
      subscribe: (topic: string) => count(topic, 1),
      unsubscribe: (topic: string) => count(topic, -1),
    } as unknown as NonNullable<Connection["socket"]>;
    return connection;
  }

  /** What was told since the last time. */
  heard(): readonly string[] {
    return this.told.splice(0);
  }

  learn(...statuses: readonly (readonly [string, Status])[]): void {
    this.watches.learn(statuses as readonly (readonly [UserId, Status])[]);
  }
}

const ids = (...names: readonly string[]): readonly UserId[] => names as readonly UserId[];
const [ana, ben] = ids("ana", "ben") as [UserId, UserId];
const PROTOCOL = {
  presence: (user: UserId, status: Status) => `${user} ${status}`,
} as unknown as AnyProtocol;

let gate: Gate;
beforeEach(() => {
  gate = new Gate();
});

describe("a subscriber", () => {
  it("is answered once, when every status is known", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana, ben], 0);
    expect(gate.heard()).toEqual([]);
    gate.learn(["ana", "online"]);
    expect(gate.heard()).toEqual([]);
    gate.learn(["ben", "offline"]);
    expect(gate.heard()).toEqual(["s1: ana online, ben offline"]);
  });

  it("is answered at once when another one watches them already", () => {
    gate.watches.watch(gate.enter(), [ana], 0);
    gate.learn(["ana", "busy"]);
    gate.heard();
    gate.watches.watch(gate.enter(), [ana], 0);
    expect(gate.heard()).toEqual(["s2: ana busy"]);
    expect(gate.asked).toEqual(["watch ana"]);
  });

  it("of nobody is answered with nothing, at once", () => {
    gate.watches.watch(gate.enter(), [], 0);
    expect(gate.heard()).toEqual(["s1: "]);
    expect(gate.asked).toEqual([]);
  });

  it("that names one twice watches once and is told once", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana, ana], 0);
    gate.learn(["ana", "online"]);
    expect(gate.heard()).toEqual(["s1: ana online"]);
    gate.watches.unwatch(watcher, [ana]);
    expect(gate.watches.size).toBe(0);
  });

  it("is not news to the limit with what it watches already", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana], 0);
    expect(gate.watches.countNew(watcher, ids("ana", "ben", "cal", "cal"))).toBe(2);
    expect(gate.watches.countNew(gate.enter(), ids("ana", "ben"))).toBe(2);
  });
});

describe("a watcher whose protocol hears each by itself", () => {
  it("is told what was and what is, and has no topic", () => {
    const [each, alike] = [gate.enter("each"), gate.enter()];
    gate.watches.watch(each, [ana], 0);
    gate.watches.watch(alike, [ana], 0);
    gate.learn(["ana", "online"]);
    gate.heard();
    gate.watches.change(ana, "busy");
    expect(gate.heard()).toEqual(["s1: ana online busy", "0pana: ana busy"]);
    gate.watches.unwatch(each, [ana]);
    gate.watches.change(ana, "online");
    expect(gate.heard()).toEqual(["0pana: ana online"]);
  });

  it("takes whom it was told nothing of for somebody who is not there", () => {
    gate.watches.watch(gate.enter("each"), [ana], 0);
    gate.watches.sweep(500);
    gate.learn(["ana", "away"]);
    expect(gate.heard()).toEqual(["s1: ana offline away"]);
    gate.learn(["ana", "online"]);
    expect(gate.heard()).toEqual(["s1: ana away online"]);
  });

  it("is told that somebody is called otherwise; others are not", () => {
    const each = gate.enter("each");
    gate.watches.watch(each, [ana], 0);
    gate.watches.watch(gate.enter(), [ana, ben], 0);
    gate.watches.describe({ on: "about", user: ana, nickname: "Ana" });
    gate.watches.describe({ on: "about", user: ben, nickname: "Ben" });
    expect(gate.heard()).toEqual(["s1: ana Ana"]);
    gate.watches.leaveAll(each);
    gate.watches.describe({ on: "about", user: ana, nickname: "Anna" });
    gate.watches.change(ana, "online");
    expect(gate.heard()).toEqual([]);
  });
});

describe("a shard that does not answer", () => {
  it("is not waited for: what is known is told, and the rest when it comes, once", () => {
    gate.watches.watch(gate.enter(), [ana, ben], 0);
    gate.learn(["ana", "online"]);
    gate.watches.sweep(499);
    expect(gate.heard()).toEqual([]);
    gate.watches.sweep(500);
    expect(gate.heard()).toEqual(["s1: ana online"]);
    gate.learn(["ben", "busy"]);
    expect(gate.heard()).toEqual(["0pben: ben busy"]);
    gate.watches.sweep(5_000);
    gate.learn(["ben", "busy"]);
    expect(gate.heard()).toEqual([]);
  });

  it("has the others answered with nothing until it has said anything at all", () => {
    gate.watches.watch(gate.enter(), [ana], 0);
    gate.watches.sweep(1_000);
    expect(gate.heard()).toEqual([]);
    gate.learn(["ana", "online"]);
    expect(gate.heard()).toEqual(["0pana: ana online"]);
  });

  it("is asked again when its inbox was full", () => {
    gate.isFull = true;
    gate.watches.watch(gate.enter(), [ana], 0);
    gate.watches.sweep(100);
    expect(gate.asked).toEqual([]);
    gate.isFull = false;
    gate.watches.sweep(200);
    gate.watches.sweep(300);
    expect(gate.asked).toEqual(["watch ana"]);
  });

  it("is not asked for somebody whom nobody watches any more", () => {
    gate.isFull = true;
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana], 0);
    gate.watches.leaveAll(watcher);
    gate.isFull = false;
    gate.watches.sweep(100);
    expect(gate.asked.filter((it) => it.startsWith("watch"))).toEqual([]);
  });
});

describe("a change", () => {
  it("is spread to those who watch, and to nobody when nobody does", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana], 0);
    gate.learn(["ana", "offline"]);
    gate.heard();
    gate.watches.change(ana, "online");
    gate.watches.change(ben, "online");
    expect(gate.heard()).toEqual(["0pana: ana online"]);
    gate.watches.unwatch(watcher, [ana]);
    gate.watches.change(ana, "offline");
    expect(gate.heard()).toEqual([]);
  });

  it("before the first word is no news: the answer holds it", () => {
    gate.watches.watch(gate.enter(), [ana], 0);
    gate.watches.change(ana, "online");
    expect(gate.heard()).toEqual([]);
    gate.learn(["ana", "online"]);
    expect(gate.heard()).toEqual(["s1: ana online"]);
  });

  it("is in the answer of one who comes later", () => {
    gate.watches.watch(gate.enter(), [ana], 0);
    gate.learn(["ana", "offline"]);
    gate.watches.change(ana, "away");
    gate.heard();
    gate.watches.watch(gate.enter(), [ana], 0);
    expect(gate.heard()).toEqual(["s2: ana away"]);
  });
});

describe("the last watcher", () => {
  it("that goes ends the watch; the one before it does not", () => {
    const [first, second] = [gate.enter(), gate.enter()];
    gate.watches.watch(first, [ana], 0);
    gate.watches.watch(second, [ana], 0);
    gate.watches.leaveAll(first);
    expect(gate.asked).toEqual(["watch ana"]);
    gate.watches.unwatch(second, [ana]);
    expect(gate.asked).toEqual(["watch ana", "unwatch ana"]);
    expect(gate.watches.size).toBe(0);
  });

  it("may unsubscribe from what it never watched", () => {
    gate.watches.unwatch(gate.enter(), [ana]);
    expect(gate.asked).toEqual([]);
  });

  it("that unsubscribes before it was answered hears of the others without delay", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana, ben], 0);
    gate.watches.unwatch(watcher, [ana]);
    gate.learn(["ana", "online"], ["ben", "online"]);
    expect(gate.heard()).toEqual(["s1: ben online"]);
  });

  it("that unsubscribes from all before it was answered is not answered", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana], 0);
    gate.watches.unwatch(watcher, [ana]);
    gate.learn(["ana", "online"]);
    gate.watches.sweep(10_000);
    expect(gate.heard()).toEqual([]);
  });

  it("leaves no answer behind that was meant for it", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana], 0);
    gate.watches.leaveAll(watcher);
    gate.learn(["ana", "online"]);
    gate.watches.sweep(10_000);
    expect(gate.heard()).toEqual([]);
  });

  it("may be followed by a new one whose answer an old word gives wrongly: it is corrected", () => {
    const first = gate.enter();
    gate.watches.watch(first, [ana], 0);
    gate.watches.unwatch(first, [ana]);
    gate.watches.watch(gate.enter(), [ana], 0);
    // The shard answers both questions; ana came between them, when nobody was watching.
    gate.learn(["ana", "offline"]);
    gate.learn(["ana", "online"]);
    expect(gate.heard()).toEqual(["s2: ana offline", "0pana: ana online"]);
  });
});

it("counts how much was said, so that somebody looks who does not read it", () => {
  gate.watches.watch(gate.enter(), [ana], 0);
  gate.learn(["ana", "offline"]);
  for (let n = 0; n < 10; n++) gate.watches.change(ana, n % 2 === 0 ? "online" : "offline");
  expect(gate.watches.takeSpread(1_000)).toBe(false);
  expect(gate.watches.takeSpread(100)).toBe(true);
  expect(gate.watches.takeSpread(100)).toBe(false);
});

it("asks each shard once for all that it owns", () => {
  const wide = new Gate(8);
  wide.watches.watch(wide.enter(), ids("1:12345", "1:2345", "1:789", "CStrike"), 0);
  // Of the design's vectors with K=8: shards 2, 3, 0 and 7.
  expect(wide.asked).toHaveLength(4);
  wide.watches.watch(wide.enter(), ids("1:789", "TurntableGame", "game:User2"), 0);
  expect(wide.asked).toHaveLength(6); // 1:789 is watched already; the others' shards are 2 and 3.
});

describe("what the shards must know that is watched", () => {
  it("is what their inboxes took", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana, ben], 0);
    expect(gate.mirror.value).toEqual(digestOf(ana, ben));
    gate.isFull = true;
    gate.watches.unwatch(watcher, [ana]);
    gate.watches.watch(watcher, ids("cid"), 0);
    expect(gate.mirror.value).toEqual(digestOf(ana, ben));
    gate.isFull = false;
    gate.watches.sweep(0);
    expect(gate.mirror.value).toEqual(digestOf(ben, "cid"));
  });

  it("counts one once whose end a full inbox refused and who is watched again", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana], 0);
    gate.isFull = true;
    gate.watches.unwatch(watcher, [ana]);
    gate.watches.watch(watcher, [ana], 0);
    gate.watches.unwatch(watcher, [ana]);
    gate.watches.watch(watcher, [ana], 0);
    gate.isFull = false;
    gate.watches.sweep(0);
    expect(gate.mirror.value).toEqual(digestOf(ana));
    gate.watches.unwatch(watcher, [ana]);
    expect(gate.mirror.value).toEqual(digestOf());
    expect(gate.asked).toEqual(["watch ana", "watch ana", "unwatch ana"]);
  });

  it("is everything, and nothing else, once the whole list was taken", () => {
    const watcher = gate.enter();
    gate.watches.watch(watcher, [ana], 0);
    gate.isFull = true;
    gate.watches.unwatch(watcher, [ana]);
    gate.watches.watch(watcher, [ben], 0);
    expect(gate.watches.of(0)).toEqual([ben]);
    gate.watches.listed(0);
    expect(gate.mirror.value).toEqual(digestOf(ben));
    gate.isFull = false;
    gate.watches.sweep(0);
    expect(gate.asked).toEqual(["watch ana"]);
  });
});

const digestOf = (...users: readonly string[]): DigestValue => {
  const digest = new Digest();
  for (const user of users) digest.add(user);
  return digest.value;
};
