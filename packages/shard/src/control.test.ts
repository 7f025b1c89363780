import { silentLog } from "@roundhouse/kernel";
import {
  type Backbone,
  ClusterBus,
  ClusterLedger,
  type Codec,
  type Heard,
  LEASE_MS,
  msgpack,
  type NodeId,
  type Renewed,
  type Then,
} from "@roundhouse/ledger";
import { ModelBackbone, seconds, VirtualTime } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { Coordinator } from "./coordinator.ts";
import { Lookout } from "./lookout.ts";
import { Membership } from "./membership.ts";
import { Station } from "./station.ts";

describe("shard nodes", () => {
  it("share all shards, whoever comes first", () => {
    const town = new Town();
    town.open("a", "b", "c");
    town.passes(seconds(40));
    expect(town.loads().sort()).toEqual([5, 5, 6]);
    town.serves();
  });

  it("serve everything within two seconds of the first one's start", () => {
    const town = new Town();
    town.open("a");
    town.passes(seconds(2));
    town.serves();
  });

  it("give a fourth its share: after three seconds, four at a time, and nothing else moves", () => {
    const town = new Town();
    town.openSettled("a", "b", "c");
    const before = town.owners();
    const handedOver = town.count(({ station }) => station.stats.handOvers);
    town.open("d");
    town.passes(2900);
    expect(town.owners()).toEqual(before);
    const most = town.mostMovesDuring(seconds(20));
    expect(most).toBeLessThanOrEqual(4);
    expect(town.loads()).toEqual([4, 4, 4, 4]);
    const moved = town.owners().filter((owner, shard) => owner !== before[shard]);
    const { id } = town.node("d");
    expect(moved).toEqual([id, id, id, id]);
    expect(town.count(({ station }) => station.stats.handOvers)).toBe(handedOver + 4);
    town.serves();
  });

  it("take over the shards of one that is killed, within its lease and two seconds", () => {
    const town = new Town();
    town.openSettled("a", "b", "c");
    town.node("c").kill();
    town.passes(LEASE_MS + seconds(2));
    expect(town.loads().sort()).toEqual([8, 8]);
    town.serves();
  });

  it("take over within ten seconds when it was the coordinator, and half of the nodes with it", () => {
    const town = new Town();
    town.openSettled("a", "b", "c", "d");
    const coordinator = town.coordinator();
    const others = town.nodes.filter((node) => node !== coordinator);
    coordinator?.kill();
    others[0]?.kill();
    town.passes(seconds(10));
    expect(town.loads()).toEqual([8, 8]);
    town.serves();
  });

  it("bury the dead in every shard, then forget them", () => {
    const town = new Town();
    town.openSettled("a", "b");
    const gateway = town.openGateway("g");
    town.passes(seconds(3));
    town.node("b").kill();
    gateway.kill();
    town.passes(seconds(12));
    const { cluster, shards } = town.model;
    expect(cluster.dead.size).toBe(0);
    expect([...cluster.members.values()].map(({ name }) => name)).toEqual(["a"]);
    for (const shard of shards) {
      expect([...shard.buried].sort()).toEqual([town.node("b").id, gateway.id].sort());
    }
    for (const words of town.applied()) expect(words).toEqual(["goodbye", "goodbye"]);
  });

  it("empty one that is drained by name, and fill it again", () => {
    const town = new Town();
    town.openSettled("a", "b", "c");
    town.model.drain("b", true, () => {});
    town.passes(seconds(15));
    expect(town.load("b")).toBe(0);
    town.serves();
    town.model.drain("b", false, () => {});
    town.passes(seconds(15));
    expect(town.loads().sort()).toEqual([5, 5, 6]);
    town.serves();
  });

  it("are left by one that stops, which hands everything over first, four at a time", () => {
    const town = new Town();
    town.openSettled("a", "b", "c");
    const takenOver = town.count(({ coordinator }) => coordinator.stats.takeOvers);
    let isDone = false;
    town.node("b").parts.station.stop(() => {
      isDone = true;
    });
    const most = town.mostMovesDuring(seconds(2));
    expect(isDone).toBe(true);
    expect(most).toBe(4);
    expect(town.load("b")).toBe(0);
    expect([town.load("a"), town.load("c")]).toEqual([8, 8]);
    town.node("b").kill();
    town.serves();
    expect([...town.model.cluster.members.values()].map(({ name }) => name)).toEqual(["a", "c"]);
    town.passes(seconds(30));
    expect(town.count(({ coordinator }) => coordinator.stats.takeOvers)).toBe(takenOver);
  });

  it("may all stop at once: the last gives its shards to nobody, and the next start serves", () => {
    const town = new Town();
    town.openSettled("a", "b", "c");
    let stopped = 0;
    for (const { parts } of town.nodes) parts.station.stop(() => stopped++);
    town.passes(seconds(4));
    expect(stopped).toBe(3);
    expect(new Set(town.owners())).toEqual(new Set([""]));
    for (const node of town.nodes) node.kill();
    town.open("d");
    town.passes(seconds(2));
    town.serves();
  });

  it("stop in time even when the backbone is away", () => {
    const town = new Town();
    town.openSettled("a", "b");
    town.isDown = true;
    let isDone = false;
    town.node("a").parts.station.stop(() => {
      isDone = true;
    });
    town.passes(STOP_MS + seconds(5));
    expect(isDone).toBe(true);
  });

  it("go up and down in number while commands come, and every command is applied once, in order", () => {
    const town = new Town();
    town.openSettled("a");
    town.speaks();
    town.open("b", "c");
    town.passes(seconds(25));
    town.open("d", "e");
    town.passes(seconds(25));
    town.node("d").leave();
    town.node("e").kill();
    town.passes(seconds(25));
    town.open("f");
    town.passes(seconds(25));
    town.isHeard();
    town.serves();
  });
});

describe("shard nodes in trouble", () => {
  it("keep what they hold when one's lease is in doubt, and stop serving until it is sure", () => {
    const town = new Town();
    town.openSettled("a", "b");
    const before = town.owners();
    const b = town.node("b");
    b.isCut = true;
    town.passes(4100);
    expect(b.parts.membership.isServing).toBe(false);
    b.isCut = false;
    town.passes(seconds(2));
    expect(b.parts.membership.isServing).toBe(true);
    expect(town.owners()).toEqual(before);
    expect(b.parts.membership.stats.doubts).toBe(1);
    town.serves();
  });

  it("are born again when they slept past their lease, and nothing they say counts", () => {
    const town = new Town();
    town.openSettled("a", "b");
    town.speaks();
    town.node("b").sleep();
    town.passes(seconds(12));
    expect(town.load("a")).toBe(16);
    town.node("b").wake();
    town.passes(seconds(2));
    expect(town.node("b").births).toBe(2);
    town.passes(seconds(20));
    expect(town.loads()).toEqual([8, 8]);
    town.isHeard();
    town.serves();
  });

  it("lose no lease for one term after the backbone was away for twenty seconds", () => {
    const town = new Town();
    town.openSettled("a", "b", "c");
    town.speaks();
    const before = town.owners();
    town.isDown = true;
    town.passes(seconds(20));
    town.isDown = false;
    town.passes(seconds(12));
    expect(town.owners()).toEqual(before);
    expect(town.nodes.map(({ births }) => births)).toEqual([1, 1, 1]);
    town.isHeard();
    town.serves();
  });

  it("judge one that did not come back when that term is over", () => {
    const town = new Town();
    town.openSettled("a", "b", "c");
    town.isDown = true;
    town.passes(seconds(15));
    town.node("c").kill();
    town.passes(seconds(5));
    town.isDown = false;
    town.passes(seconds(4));
    expect(town.load("c")).toBeGreaterThan(0);
    town.passes(seconds(6));
    expect(town.loads()).toEqual([8, 8]);
    town.serves();
  });

  it("find a grant that was not heard within two seconds", () => {
    const town = new Town();
    town.isDeaf = true;
    town.open("a");
    town.passes(seconds(2));
    town.serves();
    town.open("b");
    town.passes(seconds(16));
    expect(town.loads()).toEqual([8, 8]);
    expect(town.node("b").parts.station.stats.found).toBe(8);
    town.serves();
  });

  it("are not harmed by two coordinators", () => {
    const town = new Town();
    town.openSettled("a", "b", "c");
    town.speaks();
    town.twins = ["b", "c"];
    town.node("a").kill();
    town.passes(seconds(12));
    expect(town.count(({ coordinator }) => (coordinator.isActing ? 1 : 0))).toBe(2);
    expect(town.loads()).toEqual([8, 8]);
    town.open("d");
    town.passes(seconds(25));
    expect(town.loads().sort()).toEqual([5, 5, 6]);
    town.isHeard();
    town.serves();
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "come to rest though answers get lost everywhere: %i",
    (seed) => {
      const town = new Town(seed);
      town.loss = 0.1;
      town.open("a", "b", "c");
      town.speaks();
      town.passes(seconds(40));
      town.open("d");
      town.passes(seconds(30));
      town.node("a").kill();
      town.node("d").leave();
      town.passes(seconds(30));
      town.loss = 0;
      town.passes(seconds(20));
      expect(town.loads()).toEqual([8, 8]);
      town.isHeard();
      town.serves();
    },
  );

  it("do the same twice when everything else is the same", () => {
    const story = () => {
      const town = new Town(5);
      town.loss = 0.2;
      town.open("a", "b", "c");
      town.speaks();
      town.passes(seconds(20));
      town.node("b").kill();
      town.passes(seconds(20));
      return [town.owners(), town.epochs(), town.applied(), town.calls];
    };
    expect(story()).toEqual(story());
  });
});

const SHARDS = 16;
const STOP_MS = 10_000;
const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

type Hop = { later: (run: () => void, afterMs: number) => void };

/** Nodes on one model of the backbone, each behind a wire of its own that may fail. */
class Town {
  readonly time = new VirtualTime();
  readonly model = new ModelBackbone({ shards: SHARDS, clock: this.time, defer: this.time.defer });
  readonly nodes: Node[] = [];
  /** The share of calls that come to nothing, and that of answers that are lost. */
  loss = 0;
  isDown = false;
  isDeaf = false;
  /** Who is told that it is the coordinator, whoever else is. */
  twins: readonly string[] = [];
  calls = 0;
  #births = 0;
  #words = 0;
  #isSaid = false;
  #chance: number;

  constructor(seed = 1) {
    this.#chance = seed;
  }

  open(...names: readonly string[]): void {
    for (const name of names) this.nodes.push(new Node(this, name));
  }

  openSettled(...names: readonly string[]): void {
    this.open(...names);
    this.passes(seconds(40));
  }

  node(name: string): Node {
    const node = this.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`nobody is called ${name}`);
    return node;
  }

  openGateway(name: string): { readonly id: NodeId; kill(): void } {
    const { time, model } = this;
    const id = this.nextId(name);
    let isDead = false;
    const later = (run: () => void, ms: number) => time.later(() => (isDead ? {} : run()), ms);
    const card = () => ({ name, role: "gateway", address: "" }) as const;
    const parts = { backbone: model, clock: time, later, log: silentLog };
    new Membership({ ...parts, node: id, card }).beat();
    const kill = () => {
      isDead = true;
    };
    return { id, kill };
  }

  /** Somebody appends a word to each shard ten times a second, from now on. */
  speaks(): void {
    this.time.every(100, () => {
      if (this.#isSaid) return;
      this.#words++;
      const bytes = Buffer.concat([0, `word ${this.#words}`].map(msgpack.encode));
      const batch = { sender: "speaker", number: this.#words, bytes, most: 0 };
      for (let shard = 0; shard < SHARDS; shard++) this.model.append(shard, batch, () => {});
    });
  }

  /** Nothing more is said, and every word was applied once, in order, by whichever owner. */
  isHeard(): void {
    this.#isSaid = true;
    this.passes(50);
    const words = Array.from({ length: this.#words }, (_, index) => `word ${index + 1}`);
    for (const applied of this.applied()) {
      expect(applied.filter((word) => word !== "goodbye")).toEqual(words);
    }
  }

  passes(ms: number): void {
    this.time.pass(ms);
  }

  /** Lets time pass, and tells how many shards were on their way at most. */
  mostMovesDuring(ms: number): number {
    let most = 0;
    for (let passed = 0; passed < ms; passed++) {
      this.passes(1);
      const moves = this.nodes.map(({ parts }) => parts.station.movesOutstanding);
      most = Math.max(most, sum(moves), this.model.cluster.wishes.size);
    }
    return most;
  }

  owners(): readonly string[] {
    return this.model.shards.map(({ owner }) => owner);
  }

  epochs(): readonly number[] {
    return this.model.shards.map(({ epoch }) => epoch);
  }

  /** What the owners of each shard applied, in the order in which they did. */
  applied(): readonly (readonly unknown[])[] {
    return this.model.shards.map(({ live }) => {
      const places = [...live.keys()].map(Number).sort((a, b) => a - b);
      return places.map((place) => msgpack.decode(live.get(String(place)) ?? NOTHING));
    });
  }

  load(name: string): number {
    const { id } = this.node(name);
    return this.owners().filter((owner) => owner === id).length;
  }

  loads(): number[] {
    return this.nodes.filter(({ isAlive }) => isAlive).map(({ name }) => this.load(name));
  }

  /** Over all that live. */
  count(of: (parts: Parts) => number): number {
    return sum(this.nodes.map(({ isAlive, parts }) => (isAlive ? of(parts) : 0)));
  }

  coordinator(): Node | undefined {
    return this.nodes.find(({ parts }) => parts.coordinator.isActing);
  }

  /** Every shard is open at the node that owns it, in the epoch that it has, and nowhere else. */
  serves(): void {
    const living = this.nodes.filter(({ isAlive }) => isAlive);
    for (const { shard, owner, epoch } of this.model.shards) {
      const holding = living.filter(({ parts }) => parts.station.held.has(shard));
      expect(holding.map(({ id }) => id)).toEqual([owner]);
      expect(holding[0]?.parts.station.held.get(shard)?.epoch).toBe(epoch);
      expect([...(holding[0]?.ledger.held ?? [])].some((it) => it.shard === shard)).toBe(true);
    }
    for (const { parts } of living) expect(parts.station.isSettled).toBe(true);
  }

  nextId(name: string): NodeId {
    return `${name}${++this.#births}` as NodeId;
  }

  /** Something on the way between a node and the backbone: it takes a while, and may fail. */
  carry<Value>({ later }: Hop, isCut: () => boolean, ask: (then: Then<Value>) => void) {
    return (then: Then<Value>): void => {
      this.calls++;
      const fails = (): void => later(() => then({ known: false, why: "lost" }), TIMEOUT_MS);
      const fate = this.#roll();
      if (fate < this.loss / 2) return fails();
      this.time.later(() => {
        if (this.isDown || isCut()) return fails();
        ask((answer) => {
          if (fate < this.loss) fails();
          else later(() => then(answer), 1);
        });
      }, 1);
    };
  }

  #roll(): number {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#chance / 2 ** 32;
  }
}

/** What a shard node is made of, in one life. */
type Parts = {
  readonly membership: Membership;
  readonly lookout: Lookout;
  readonly station: Station<number>;
  readonly coordinator: Coordinator;
};

/** One process and its lives. It may be killed, put to sleep, or cut off. */
class Node {
  readonly name: string;
  id: NodeId;
  births = 0;
  isAlive = true;
  isCut = false;
  parts: Parts;
  ledger: ClusterLedger<string, string, unknown>;
  readonly #town: Town;
  #isAsleep = false;
  /** What waits for it to wake up. */
  readonly #slept: (() => void)[] = [];

  constructor(town: Town, name: string) {
    this.#town = town;
    this.name = name;
    const life = this.#live();
    this.id = life.id;
    this.ledger = life.ledger;
    this.parts = life.parts;
    town.time.every(500, () => this.#do(() => this.ledger.beat()));
  }

  kill(): void {
    this.isAlive = false;
  }

  sleep(): void {
    this.#isAsleep = true;
  }

  wake(): void {
    this.#isAsleep = false;
    for (const run of this.#slept.splice(0)) this.#do(run);
  }

  leave(): void {
    this.parts.station.stop(() => this.kill());
  }

  #do(run: () => void): void {
    if (this.#isAsleep) this.#slept.push(run);
    else if (this.isAlive) run();
  }

  #live() {
    const town = this.#town;
    this.births++;
    const id = town.nextId(this.name);
    const { time } = town;
    const later = (run: () => void, ms: number) => time.later(() => this.#do(run), ms);
    const defer = (run: () => void) => time.defer(() => this.#do(run));
    const backbone = this.#wire(later);
    const tools = { node: id, shards: SHARDS, backbone, clock: time, log: silentLog, later, defer };
    const limits = { queueMax: 1000, inboxMax: 1000, historyBytesMax: 1e6, recordsMax: 1000 };
    const words = { ...tools, ...limits, codec };
    const bus = new ClusterBus<string, string>({ ...words, buried: () => {} });
    const ledger = new ClusterLedger<string, string, unknown>({ ...words, bus });
    const card = () => ({ name: this.name, role: "shard", address: "" }) as const;
    const membership = new Membership({ ...tools, card });
    const lookout = new Lookout({ ...tools, membership });
    const station = new Station({
      ...tools,
      membership,
      lookout,
      holdings: ledger,
      run: (shard) => this.#own(ledger, shard),
      buried: () => {
        bus.stop();
        const next = this.#live();
        this.id = next.id;
        this.ledger = next.ledger;
        this.parts = next.parts;
      },
      stopMs: STOP_MS,
    });
    const lastWord = (node: NodeId) => bus.lastWord(node, "goodbye");
    const coordinator = new Coordinator({ ...tools, membership, lookout, lastWord });
    town.model.listen(id, (heard) => {
      if (!isDeafTo(town, heard)) this.#do(() => station.heard(heard));
    });
    membership.beat();
    return { id, ledger, parts: { membership, lookout, station, coordinator } };
  }

  #own(ledger: ClusterLedger<string, string, unknown>, shard: number): number {
    let place = 0;
    ledger.own(shard, {
      restore: (live) => {
        for (const key of live.keys()) place = Math.max(place, Number(key));
      },
      take: (posts) => {
        const live = new Map(posts.map(({ command }) => [String(++place), command]));
        ledger.commit(shard, { items: [], outbox: [], records: new Map(), live }, () => {});
      },
    });
    return shard;
  }

  /** The backbone as this node reaches it. */
  #wire(later: Hop["later"]): Backbone {
    const town = this.#town;
    const { model } = town;
    const carry = <Value>(then: Then<Value>, ask: (then: Then<Value>) => void): void => {
      town.carry({ later }, () => this.isCut, ask)(then);
    };
    return {
      append: (shard, batch, then) => carry(then, (done) => model.append(shard, batch, done)),
      read: (shard, after, most, then) => {
        carry(then, (done) => model.read(shard, after, most, done));
      },
      commit: (shard, commit, then) => carry(then, (done) => model.commit(shard, commit, done)),
      open: (shard, then) => carry(then, (done) => model.open(shard, done)),
      scan: (shard, page, then) => carry(then, (done) => model.scan(shard, page, done)),
      fetch: (shard, keys, then) => carry(then, (done) => model.fetch(shard, keys, done)),
      find: (shard, prefix, most, then) => {
        carry(then, (done) => model.find(shard, prefix, most, done));
      },
      count: (shard, then) => carry(then, (done) => model.count(shard, done)),
      history: (shard, from, most, then) => {
        carry(then, (done) => model.history(shard, from, most, done));
      },
      assign: (shard, change, then) => carry(then, (done) => model.assign(shard, change, done)),
      holder: (shard, then) => carry(then, (done) => model.holder(shard, done)),
      bury: (shard, node, bytes, then) =>
        carry(then, (done) => model.bury(shard, node, bytes, done)),
      renew: (node, card, then) => carry(this.#seen(then), (done) => model.renew(node, card, done)),
      leave: (node, then) => carry(then, (done) => model.leave(node, done)),
      declareDead: (node, then) => carry(then, (done) => model.declareDead(node, done)),
      forget: (node, then) => carry(then, (done) => model.forget(node, done)),
      wish: (wishes, then) => carry(then, (done) => model.wish(wishes, done)),
      drain: (name, on, then) => carry(then, (done) => model.drain(name, on, done)),
      constant: (name, value, then) => carry(then, (done) => model.constant(name, value, done)),
      listen: () => () => {},
      say: () => {},
      isSound: true,
    };
  }

  /** The census as this node is told of it. */
  #seen(then: Then<Renewed>): Then<Renewed> {
    return (answer) => {
      const isTwin = this.#town.twins.includes(this.name);
      if (!isTwin || !answer.known || answer.value.at === "buried") return then(answer);
      const census = { ...answer.value.census, coordinator: this.id };
      then({ known: true, value: { at: "renewed", census } });
    };
  }
}

const isDeafTo = (town: Town, { on }: Heard): boolean => on === "granted" && town.isDeaf;
const codec: Codec<string> = {
  ...msgpack,
  isFarewell: (word) => word === "goodbye",
  weightOf: () => 1,
};
const TIMEOUT_MS = 500;
const NOTHING = new Uint8Array();
