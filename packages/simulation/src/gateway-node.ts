/** A simulated gateway: the real one, put together as its composition root does it. */
import type { Command, Item } from "@roundhouse/domain";
import { Gateway } from "@roundhouse/gateway";
import { fail, ok } from "@roundhouse/kernel";
import type { Bus, Card } from "@roundhouse/ledger";
import { turntable, turntable2 } from "@roundhouse/protocol-turntable";
import { bounds, FakePasswords, limits } from "@roundhouse/testkit";
import { type Life, Machine, openLife, type World } from "./node.ts";
import { type Peer, type Port, Topics, Wire } from "./wire.ts";

export class GatewayNode {
  readonly machine: Machine;
  readonly gateway: Gateway;
  readonly topics = new Topics();
  readonly wires = new Set<Wire>();
  life: Life;
  rebirths = 0;
  #isLeaving = false;
  #isOver = false;

  constructor(name: string, world: World) {
    this.machine = new Machine(name, world);
    const { process, log } = this.machine;
    this.life = openLife(this.machine, this.#card);
    const { gateway: id, bus } = this.life;
    this.gateway = new Gateway({
      id,
      shards: world.mood.shards,
      bus: this.#bus(bus),
      protocols: [turntable(bounds), turntable2(bounds)],
      identity: { isDemanded: false, prove: (_, __, then) => then(ok(undefined)) },
      passwords: new FakePasswords(process.defer),
      limits,
      clock: process.clock,
      log,
    });
    this.gateway.outlet.connect(this.topics);
    this.#watch();
    process.every(SWEEP_MS, () => this.gateway.sweep());
    this.life.membership.beat();
  }

  /** Whether a client may try it. */
  get isOpen(): boolean {
    const { process } = this.machine;
    return process.isRunning && !this.#isLeaving && this.life.membership.census !== undefined;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** It has gone for good, in good order or not. */
  get isOver(): boolean {
    return this.#isOver || this.machine.process.isDead;
  }

  connect(subprotocol: string, peer: Peer): Wire | undefined {
    const { time, mood } = this.machine.world;
    const { gateway, topics } = this;
    const port: Port = { gateway, topics, process: this.machine.process, later: time.later };
    const wire = Wire.connect(port, subprotocol, peer, mood.wireMs);
    if (!wire.ok) return undefined;
    this.wires.add(wire.value);
    return wire.value;
  }

  kill(): void {
    this.machine.kill();
    const { dice } = this.machine.world;
    for (const wire of this.wires) wire.breaks(dice.happens(0.5));
  }

  /** SIGTERM. */
  leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    const { process, world } = this.machine;
    const { membership, bus, farewell } = this.life;
    membership.setLeaving();
    this.gateway.drain({ chance: world.dice, later: process.later }, () => {
      this.gateway.close();
      // A shard that may not know it yet learns it when the lease ends by itself.
      const part = (isWhole: boolean): void => {
        if (isWhole) membership.leave(() => this.#end());
        else this.#end();
      };
      bus.outgoing.flushed(() => farewell(part));
    });
    process.later(() => this.#end(), STOP_MS);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.life.end();
    this.kill();
  }

  #watch(): void {
    this.life.membership.watch({ buried: () => this.#buried() });
  }

  #buried(): void {
    this.life.end();
    if (this.#isLeaving) return this.#end();
    this.rebirths++;
    this.life = openLife(this.machine, this.#card);
    const { gateway: id, bus } = this.life;
    this.gateway.reborn(id, this.#bus(bus));
    this.#watch();
    this.life.membership.beat();
  }

  readonly #card = (): Omit<Card, "isLeaving"> => {
    const { name } = this.machine;
    return { name, role: "gateway", address: `ws://${name}`, connections: this.wires.size };
  };

  #bus(bus: Bus<Command, Item>): Bus<Command, Item> {
    const { bug, truth, mood } = this.machine.world;
    if (bug !== "seat_check_outside_the_owner") return bus;
    return {
      hear: (gateway, listener) => bus.hear(gateway, listener),
      append: (shard, from, command) => {
        const isFull = command.on === "join" && truth.members(command.room) >= mood.capacity;
        return isFull ? fail("room_full") : bus.append(shard, from, command);
      },
    };
  }
}

const SWEEP_MS = 1_000;
const STOP_MS = 30_000;
