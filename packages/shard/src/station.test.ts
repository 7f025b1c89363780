import { silentLog } from "@roundhouse/kernel";
import type { Card, Heard, NodeId } from "@roundhouse/ledger";
import { ModelBackbone, seconds, VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Fate, Holdings } from "./holdings.ts";
import { Lookout } from "./lookout.ts";
import { Membership } from "./membership.ts";
import { Station } from "./station.ts";

describe("a shard node's station", () => {
  it("takes what is granted, and runs it once", () => {
    const { station, grant, holdings, hear } = manned();
    grant(1);
    hear({ on: "granted", shard: 1, epoch: 1 });
    expect(holdings.said).toEqual(["grant 1 in 1", "run 1"]);
    expect([...station.held.keys()]).toEqual([1]);
  });

  it("looks into a grant that is no news", () => {
    const { station, time, grant, give, hear } = manned();
    grant(1);
    give(1, "b");
    time.pass(seconds(2));
    expect(station.held.size).toBe(0);
    hear({ on: "granted", shard: 1, epoch: 1 });
    time.pass(10);
    expect(station.held.size).toBe(0);
  });

  it("finds a grant that it did not hear", () => {
    const { station, time, give } = manned();
    give(3, "a");
    time.pass(seconds(2));
    expect([...station.held.keys()]).toEqual([3]);
    expect(station.stats).toMatchObject({ grants: 1, found: 1 });
  });

  it("drops a shard that it finds to be somebody else's", () => {
    const { station, time, grant, give, holdings } = manned();
    grant(1);
    give(1, "b");
    time.pass(seconds(2));
    expect(station.held.size).toBe(0);
    expect(holdings.said.at(-1)).toBe("drop 1");
    expect(station.stats.lost).toBe(1);
  });

  it("drops a shard that is fenced, and takes it again when it is still its own", () => {
    const { station, time, grant, holdings } = manned();
    grant(1);
    holdings.fate.ended(1, "fenced");
    expect(station.held.size).toBe(0);
    time.pass(10);
    expect([...station.held.keys()]).toEqual([1]);
    expect(station.stats.fenced).toBe(1);
  });

  it("hands over as wished: at most four at a time, and none to one that is not there", () => {
    const { station, time, grant, wish, holdings } = manned();
    for (let shard = 0; shard < 6; shard++) grant(shard);
    wish({ 0: "nobody", 1: "b", 2: "b", 3: "b", 4: "b", 5: "b" });
    time.pass(seconds(1));
    expect(holdings.parting()).toEqual(["1 to b", "2 to b", "3 to b", "4 to b"]);
    expect(station.movesOutstanding).toBe(4);
    holdings.part(2, true);
    expect(holdings.parting()).toEqual(["1 to b", "3 to b", "4 to b", "5 to b"]);
    expect(station.stats.handOvers).toBe(1);
  });

  it("looks again when a hand-over came too late", () => {
    const { station, time, grant, wish, give, holdings } = manned();
    grant(1);
    wish({ 1: "b" });
    time.pass(seconds(1));
    give(1, "b");
    holdings.part(1, false);
    time.pass(10);
    expect(station.held.size).toBe(0);
    expect(station.stats.lateHandOvers).toBe(1);
  });

  it("does not wait for a hand-over that ended in a fence", () => {
    const { station, time, grant, wish, holdings } = manned();
    grant(1);
    wish({ 1: "b" });
    time.pass(seconds(1));
    holdings.fate.ended(1, "fenced");
    expect(station.movesOutstanding).toBe(0);
    holdings.part(1, true);
    expect(station.stats.handOvers).toBe(0);
  });

  it("pauses while its lease is in doubt, hears no grant, and looks when it is sure again", () => {
    const { station, time, grant, holdings, trouble } = manned();
    time.pass(seconds(15)); // At rest: it would look seldom.
    trouble.isCut = true;
    time.pass(seconds(5));
    expect(holdings.said).toEqual(["pause"]);
    grant(1);
    expect(station.held.size).toBe(0);
    trouble.isCut = false;
    time.pass(seconds(2));
    expect(holdings.said).toEqual(["pause", "resume", "grant 1 in 1", "run 1"]);
  });

  it("drops everything when it was buried", () => {
    const { station, time, grant, holdings, model, trouble } = manned();
    grant(1);
    grant(2);
    trouble.isCut = true;
    time.pass(seconds(8));
    model.declareDead(ME, () => {});
    trouble.isCut = false;
    time.pass(seconds(2));
    expect(holdings.said.slice(-3)).toEqual(["drop 1", "drop 2", "buried"]);
    expect(station.held.size).toBe(0);
    grant(3);
    expect(station.held.size).toBe(0);
  });

  it("measures how long shards take to come and go", () => {
    const { station, time, grant, wish, holdings } = manned();
    grant(1);
    time.pass(40);
    holdings.fate.opened(1);
    expect(station.stats.opening).toMatchObject({ count: 1, sum: 0.04 });
    expect(station.isSettled).toBe(true);
    wish({ 1: "b" });
    time.pass(970);
    expect(station.isSettled).toBe(false);
    time.pass(20);
    holdings.part(1, true);
    expect(station.stats.handOver.sum).toBeGreaterThanOrEqual(0.02);
    expect(station.isSettled).toBe(true);
  });
});

describe("a station that is told to stop", () => {
  it("first learns how the others stand, then spreads what it has over them", () => {
    const { station, time, grant, give, holdings } = manned();
    for (const shard of [0, 1, 2, 3, 4]) grant(shard);
    for (const shard of [5, 6]) give(shard, "b");
    give(7, "c");
    station.stop(() => {});
    for (let shard = 0; shard < 5; shard++) {
      time.pass(5);
      holdings.part(shard, true);
    }
    const given = holdings.said.filter((word) => word.includes(" to "));
    expect(given.map((word) => word.slice(-1)).sort()).toEqual(["b", "b", "c", "c", "c"]);
  });

  it("gives shards to nobody when there is no other node", () => {
    const { station, time, grant, holdings, trouble } = manned();
    trouble.isAlone = true;
    time.pass(seconds(8));
    grant(1);
    station.stop(() => {});
    time.pass(5);
    expect(holdings.parting()).toEqual(["1 to nobody"]);
  });

  it("passes on unopened what is granted to it meanwhile", () => {
    const { station, time, grant, holdings, model } = manned();
    grant(0);
    station.stop(() => {});
    grant(1);
    time.pass(5);
    expect(holdings.said.filter((word) => word.includes("1"))).toEqual(["grant 0 in 1"]);
    expect(["b", "c"]).toContain(model.shards[1]?.owner);
    expect(station.stats.passedOn).toBe(1);
  });

  it("leaves the cluster when it holds nothing any more and everybody has seen that it leaves", () => {
    const { station, time, model } = manned();
    let isDone = false;
    station.stop(() => {
      isDone = true;
    });
    time.pass(seconds(1));
    expect(isDone).toBe(false);
    time.pass(seconds(1));
    expect(isDone).toBe(true);
    expect(model.cluster.members.has(ME)).toBe(false);
  });

  it("passes on what another gave it that had not seen yet that it leaves", () => {
    const { station, time, grant, model } = manned();
    station.stop(() => {});
    time.pass(seconds(1)); // It holds nothing, and would be gone.
    grant(1);
    time.pass(5);
    expect(["b", "c"]).toContain(model.shards[1]?.owner);
  });

  it("waits for nothing when it has neither a lease nor shards", () => {
    const { station, time, trouble } = manned();
    trouble.isCut = true;
    time.pass(seconds(5));
    let isDone = false;
    station.stop(() => {
      isDone = true;
    });
    time.pass(seconds(1));
    expect(isDone).toBe(true);
  });

  it("leaves when its time is up, with what it could not hand over", () => {
    const { station, time, grant, holdings, model } = manned();
    grant(1);
    let isDone = false;
    station.stop(() => {
      isDone = true;
    });
    time.pass(STOP_MS - 1);
    expect(isDone).toBe(false);
    time.pass(10);
    expect(isDone).toBe(true);
    expect(holdings.said.at(-1)).toBe("drop 1");
    expect(model.cluster.members.has(ME)).toBe(false);
  });
});

const SHARDS = 8;
const STOP_MS = 20_000;
const ME = "a" as NodeId;

/** Holdings that note what they are told; hand-overs end when the test says. */
class Noted implements Holdings {
  readonly said: string[] = [];
  fate: Fate = { opened: () => {}, ended: () => {} };
  readonly #parting = new Map<number, { readonly next: string; then(isDone: boolean): void }>();

  grant = (shard: number, epoch: number) => void this.said.push(`grant ${shard} in ${epoch}`);
  drop = (shard: number) => void this.said.push(`drop ${shard}`);
  pause = () => void this.said.push("pause");
  resume = () => void this.said.push("resume");
  heard = () => {};
  holds = () => true;
  handOver(shard: number, next: NodeId | "", then: (isDone: boolean) => void): void {
    this.said.push(`${shard} to ${next || "nobody"}`);
    this.#parting.set(shard, { next: next || "nobody", then });
  }

  parting(): readonly string[] {
    return [...this.#parting].map(([shard, { next }]) => `${shard} to ${next}`);
  }

  part(shard: number, isDone: boolean): void {
    const parting = this.#parting.get(shard);
    this.#parting.delete(shard);
    parting?.then(isDone);
  }
}

/** The station of node a; b and c are there, too, and do nothing but renew. */
function manned() {
  const time = new VirtualTime();
  const model = new ModelBackbone({ shards: SHARDS, clock: time, defer: time.defer });
  const trouble = { isCut: false, isAlone: false };
  const holdings = new Noted();
  const parts = { clock: time, later: time.later, log: silentLog };
  const membership = new Membership({
    ...parts,
    node: ME,
    card: () => ({ name: "a", role: "shard", address: "" }),
    backbone: {
      renew: (node, its, then) => {
        if (trouble.isCut) time.later(() => then({ known: false, why: "cut off" }), 100);
        else model.renew(node, its, then);
      },
      leave: (node, then) => model.leave(node, then),
    },
  });
  const lookout = new Lookout({ ...parts, shards: SHARDS, backbone: model, membership });
  const station = new Station({
    ...parts,
    shards: SHARDS,
    backbone: model,
    membership,
    lookout,
    holdings,
    run: (shard) => holdings.said.push(`run ${shard}`),
    buried: () => holdings.said.push("buried"),
    stopMs: STOP_MS,
  });
  const renewOthers = (): void => {
    if (trouble.isAlone) return;
    for (const name of ["b", "c"]) model.renew(name as NodeId, card(name), () => {});
  };
  renewOthers();
  time.every(1000, renewOthers);
  membership.beat();
  model.listen(ME, (heard) => station.heard(heard));
  time.pass(10);
  holdings.said.length = 0;
  const hear = (heard: Heard): void => station.heard(heard);
  const change = (shard: number, next: string): void => {
    const epoch = model.shards[shard]?.epoch ?? 0;
    model.assign(shard, { epoch, next: next as NodeId }, () => {});
  };
  const grant = (shard: number): void => {
    change(shard, ME);
    time.settle();
  };
  /** Without a word. */
  const give = (shard: number, next: string): void => {
    const stop = model.listen(ME, () => {});
    change(shard, next);
    time.settle();
    stop();
    model.listen(ME, (heard) => station.heard(heard));
  };
  const wish = (wishes: Readonly<Record<number, string>>): void => {
    const entries = Object.entries(wishes).map(([shard, to]) => [Number(shard), to as NodeId]);
    model.wish(new Map(entries as [number, NodeId][]), () => {});
  };
  return { time, model, membership, lookout, station, holdings, trouble, hear, grant, give, wish };
}

const card = (name: string): Card => ({ name, role: "shard", address: "", isLeaving: false });
