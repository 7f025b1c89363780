/** A simulated shard node: the real parts, put together as their composition root does it. */
import type { Command, Item, Stored } from "@roundhouse/domain";
import { type Card, ClusterLedger } from "@roundhouse/ledger";
import { Coordinator, Lookout, ShardRunner, Station } from "@roundhouse/shard";
import { mangled } from "./mangled-ledger.ts";
import { type Life, Machine, openLife, type World } from "./node.ts";
import { codec, FAREWELL } from "./node-link.ts";

type House = {
  readonly life: Life;
  readonly ledger: ClusterLedger<Command, Item, Stored>;
  readonly station: Station<ShardRunner>;
  readonly coordinator: Coordinator;
};

export class ShardNode {
  readonly machine: Machine;
  house: House;
  rebirths = 0;
  #isLeaving = false;
  #isOver = false;

  constructor(name: string, world: World) {
    this.machine = new Machine(name, world);
    this.house = this.#build();
    this.house.life.membership.beat();
    let beats = 0;
    this.machine.process.every(TICK_MS, () => {
      beats++;
      const { now } = this.house.life.membership;
      if (now !== undefined) for (const runner of this.runners) runner.tick(now);
      if (beats % BEACON_BEATS === 0) this.house.ledger.beat();
    });
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  get isOver(): boolean {
    return this.#isOver || this.machine.process.isDead;
  }

  get runners(): readonly ShardRunner[] {
    const { held } = this.house.station;
    return [...held.values()].flatMap(({ runner }) => (runner === undefined ? [] : [runner]));
  }

  /** Whether it serves a shard now. */
  serves(shard: number): boolean {
    const { station, ledger, life } = this.house;
    const isOpen = [...ledger.held].some((it) => it.shard === shard && it.isOpen);
    return !this.isOver && station.held.has(shard) && isOpen && life.membership.isServing;
  }

  kill(): void {
    this.machine.kill();
  }

  /** SIGTERM. */
  leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    const { station, life } = this.house;
    station.stop(() => life.farewell(() => this.#end()));
    this.machine.process.later(() => this.#end(), STOP_MS);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.house.life.end();
    this.kill();
  }

  #build(): House {
    const { machine } = this;
    const { process, link: backbone, log, world } = machine;
    const { mood, bug } = world;
    const { shards } = mood;
    const { clock, defer, later } = process;
    const card = (): Omit<Card, "isLeaving"> => {
      return { name: machine.name, role: "shard", address: "", connections: 0 };
    };
    const life = openLife(machine, card);
    const { node, bus, membership } = life;
    const tools = { shards, backbone, clock, log, defer, later };
    const { historyBytesMax } = mood;
    const recordsMax = 1_000;
    const ledger = new ClusterLedger<Command, Item, Stored>({
      ...tools,
      node,
      bus,
      codec,
      historyBytesMax,
      recordsMax,
    });
    const lookout = new Lookout({ ...tools, membership });
    const isUnchecked = bug === "seat_check_outside_the_owner";
    const rules = isUnchecked ? { ...mood.rules, membersPerRoomMax: 1_000 } : mood.rules;
    const lent = mangled(ledger, bug);
    const station = new Station<ShardRunner>({
      ...tools,
      membership,
      lookout,
      holdings: ledger,
      run: (shard) => new ShardRunner({ shard, shards, rules, ledger: lent }),
      buried: () => this.#buried(),
      stopMs: 20_000,
    });
    const lastWord = (dead: typeof node): Uint8Array => bus.lastWord(dead, FAREWELL);
    const coordinator = new Coordinator({ ...tools, membership, lookout, lastWord });
    life.listen((heard) => station.heard(heard));
    return { life, ledger, station, coordinator };
  }

  #buried(): void {
    this.house.life.end();
    if (this.#isLeaving) return;
    this.rebirths++;
    this.house = this.#build();
    this.house.life.membership.beat();
  }
}

const TICK_MS = 250;
const BEACON_BEATS = 2;
const STOP_MS = 30_000;
