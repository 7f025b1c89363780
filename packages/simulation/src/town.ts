/** The whole cluster and its clients: who is there, and whether things stand as they should. */
import { type RoomId, type SessionId, shardOf, type UserId } from "@roundhouse/kernel";
import { Dice, noFaults, Outage, VirtualTime } from "@roundhouse/testkit";
import type { Bug } from "./bugs.ts";
import { Client } from "./client.ts";
import { GatewayNode } from "./gateway-node.ts";
import { drawMood, type Mood } from "./mood.ts";
import type { Machine, World } from "./node.ts";
import { codec } from "./node-link.ts";
import { ObservedBackbone } from "./observed-backbone.ts";
import { Reception } from "./reception.ts";
import { Registry } from "./registry.ts";
import { Resident } from "./resident.ts";
import { ShardNode } from "./shard-node.ts";
import { packed, plain } from "./tongue.ts";
import { Broken, Trace } from "./trace.ts";
import { HALL, Truth } from "./truth.ts";
import type { Wire } from "./wire.ts";

export type Founding = {
  readonly seed: number;
  readonly bug: Bug | undefined;
  readonly isVerbose: boolean;
};

type Standing = {
  readonly gateways: GatewayNode[];
  readonly shardNodes: ShardNode[];
  readonly receptions: Reception[];
};

export class Town {
  readonly time = new VirtualTime();
  readonly dice: Dice;
  readonly mood: Mood;
  readonly trace: Trace;
  readonly truth: Truth;
  readonly registry = new Registry();
  readonly outage = new Outage();
  readonly backbone: ObservedBackbone;
  readonly gateways: GatewayNode[] = [];
  readonly shardNodes: ShardNode[] = [];
  readonly receptions: Reception[] = [];
  readonly clients: readonly Client[];
  readonly rooms: readonly RoomId[];
  readonly users: readonly UserId[];
  readonly residents: readonly Resident[];
  /** Names of rooms that residents create. */
  readonly halls: readonly RoomId[];
  /** From now on nothing goes wrong. */
  isCalm = false;
  readonly #world: World;
  #names = 0;

  constructor({ seed, bug, isVerbose }: Founding) {
    const { time, registry } = this;
    const dice = new Dice(seed);
    const mood = drawMood(dice.fork());
    const trace = new Trace(time.now, isVerbose);
    const truth = new Truth(mood.capacity, time.now);
    this.dice = dice;
    this.mood = mood;
    this.trace = trace;
    this.truth = truth;
    this.backbone = new ObservedBackbone({
      shards: mood.shards,
      clock: time,
      defer: time.defer,
      codec,
      truth,
      registry,
      trace,
      bug,
      historyBytesMax: mood.historyBytesMax,
    });
    const { backbone, outage } = this;
    this.#world = { time, dice: dice.fork(), mood, backbone, outage, trace, truth, registry, bug };
    truth.isBuried = (session) => {
      const [gateway = ""] = session.split("-");
      return this.backbone.shards.some(({ buried }) => buried.has(gateway));
    };
    truth.announced = (user, status) => {
      if (status === "offline") this.#mustBeGone(user);
    };
    this.rooms = Array.from({ length: mood.rooms }, (_, at) => `room${at}` as RoomId);
    this.users = Array.from({ length: mood.users }, (_, at) => `user${at}` as UserId);
    this.clients = Array.from({ length: mood.clients }, (_, at) => this.#client(at));
    this.halls = Array.from({ length: mood.halls }, (_, at) => `${HALL}${at}` as RoomId);
    this.residents = Array.from({ length: mood.residents }, (_, at) => this.#resident(at));
    trace.note(`mood ${JSON.stringify(mood)}`);
    for (let count = 0; count < mood.shardNodes; count++) this.addShardNode();
    for (let count = 0; count < mood.gateways; count++) this.addGateway();
    if (mood.residents === 0) return;
    for (let count = 0; count < mood.receptions; count++) this.addReception();
  }

  addGateway(): void {
    this.gateways.push(new GatewayNode(`gateway${++this.#names}`, this.#world));
  }

  addShardNode(): void {
    this.shardNodes.push(new ShardNode(`shard${++this.#names}`, this.#world));
  }

  addReception(): void {
    this.receptions.push(new Reception(`reception${++this.#names}`, this.#world));
  }

  /** Nodes that are somewhere, well or not. */
  get standing(): Standing {
    const isThere = ({ isOver }: { readonly isOver: boolean }): boolean => !isOver;
    return {
      gateways: this.gateways.filter(isThere),
      shardNodes: this.shardNodes.filter(isThere),
      receptions: this.receptions.filter(isThere),
    };
  }

  get machines(): readonly Machine[] {
    const { gateways, shardNodes, receptions } = this.standing;
    return [...gateways, ...shardNodes, ...receptions].map(({ machine }) => machine);
  }

  /** Nothing goes wrong any more; what is there may need time. */
  calm(): void {
    this.trace.note("calm");
    this.isCalm = true;
    this.outage.comeBack();
    for (const { machine } of this.#all) machine.calm();
    Object.assign(this.mood.faults, { ...noFaults(), latencyMs: 5 });
    const isStaying = (node: { readonly isLeaving: boolean }): boolean => !node.isLeaving;
    const { gateways, shardNodes } = this.standing;
    if (!gateways.some(isStaying)) this.addGateway();
    if (!shardNodes.some(isStaying)) this.addShardNode();
  }

  get #all(): readonly { readonly machine: Machine }[] {
    return [...this.gateways, ...this.shardNodes, ...this.receptions];
  }

  /** Every connection that a gateway takes for open, by its session. */
  get wires(): ReadonlyMap<SessionId, Wire> {
    const wires = new Map<SessionId, Wire>();
    for (const { wires: all } of this.standing.gateways) {
      for (const wire of all) if (wire.isOpenThere) wires.set(wire.session, wire);
    }
    return wires;
  }

  /** Nobody whose connection stayed open is ever announced offline. */
  #mustBeGone(user: UserId): void {
    const shard = this.backbone.shards[shardOf(user, this.mood.shards)];
    for (const { wires, life } of this.standing.gateways) {
      if (shard?.buried.has(life.node) === true) continue;
      for (const wire of wires) {
        const session = this.truth.sessions.get(wire.session);
        if (!wire.isOpenThere || session?.user !== user || session.isEnded) continue;
        throw new Broken("presence_true", `${user} is offline, and here as ${wire.session}`);
      }
    }
  }

  #resident(at: number): Resident {
    const { dice, time, registry, trace } = this;
    return new Resident({
      user: `resident${at}` as UserId,
      time,
      dice: dice.fork(),
      registry,
      trace,
      receptions: () => this.#openReceptions(),
    });
  }

  /** Where one ended, by trouble or by itself, another one opens as soon as somebody needs it. */
  #openReceptions(): readonly Reception[] {
    if (this.standing.receptions.length === 0) this.addReception();
    return this.receptions.filter(({ isOpen, isOver }) => isOpen && !isOver);
  }

  #client(at: number): Client {
    const { dice, mood, time, truth, trace, users } = this;
    return new Client({
      name: `c${at}`,
      user: users[at % users.length] as UserId,
      tongue: dice.happens(0.6) ? packed : plain,
      resumeMs: mood.rules.resumeMs,
      secret: dice.happens(0.7) ? `secret of client ${at}` : undefined,
      time,
      dice: dice.fork(),
      truth,
      trace,
      gateways: () => this.gateways.filter(({ isOpen, isOver }) => isOpen && !isOver),
    });
  }
}
