/** What gateways and shard nodes of the simulation share: a process, its link, and one life after the other. */
import type { Command, Item } from "@roundhouse/domain";
import { type GatewayId, type Log, silentLog } from "@roundhouse/kernel";
import {
  type Answered,
  type Backbone,
  type Card,
  ClusterBus,
  type Heard,
  type NodeId,
} from "@roundhouse/ledger";
import { Membership } from "@roundhouse/shard";
import { type Dice, noFaults, type Outage, type VirtualTime } from "@roundhouse/testkit";
import type { Bug } from "./bugs.ts";
import type { Mood } from "./mood.ts";
import { codec, FAREWELL, NodeLink } from "./node-link.ts";
import type { ObservedBackbone } from "./observed-backbone.ts";
import { Process } from "./process.ts";
import type { Registry } from "./registry.ts";
import type { Trace } from "./trace.ts";
import type { Truth } from "./truth.ts";

/** What the world lends to each node. */
export type World = {
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly mood: Mood;
  readonly backbone: ObservedBackbone;
  readonly outage: Outage;
  readonly trace: Trace;
  readonly truth: Truth;
  readonly registry: Registry;
  readonly bug: Bug | undefined;
};

/** A machine with one process on it. */
export class Machine {
  readonly name: string;
  readonly process: Process;
  readonly link: NodeLink;
  readonly world: World;

  constructor(name: string, world: World) {
    const { time, dice, mood, backbone, outage, bug } = world;
    this.name = name;
    this.world = world;
    const wrong = mood.clockMs === 0 ? 0 : dice.between(-mood.clockMs, mood.clockMs);
    this.process = new Process(time, wrong);
    this.link = new NodeLink({
      backbone,
      outage,
      dice: dice.fork(),
      now: time.now,
      later: time.later,
      arrive: this.process.run,
      bug,
    });
    Object.assign(this.link.faults, mood.faults);
  }

  get log(): Log {
    const { trace } = this.world;
    return {
      ...silentLog,
      say: (level, event, facts) => {
        if (level !== "info") trace.note(`${this.name} says ${event} ${JSON.stringify(facts)}`);
      },
    };
  }

  /** Without a word. What it had asked for may still happen. */
  kill(): void {
    this.process.kill();
  }

  calm(): void {
    const { latencyMs } = this.link.faults;
    Object.assign(this.link.faults, { ...noFaults(), latencyMs: Math.min(latencyMs, 30) });
    this.link.isStuck = false;
    this.link.forgetLate();
    this.link.heal();
    this.process.wake();
  }
}

/** One life of a node: its id, its lease, its ear, and what it says to the shards. */
export type Life = {
  readonly node: NodeId;
  readonly gateway: GatewayId;
  readonly bus: ClusterBus<Command, Item>;
  readonly membership: Membership;
  listen(ear: (heard: Heard) => void): void;
  /** Says in every inbox that this was all; tells whether each is known to have it. */
  farewell(then: (isWhole: boolean) => void): void;
  end(): void;
};

export function openLife(machine: Machine, card: () => Omit<Card, "isLeaving">): Life {
  const { process, link: backbone, world, log } = machine;
  const { shards, inboxMax, queueMax } = world.mood;
  const { clock, defer, later } = process;
  const node = world.dice.bits64() as NodeId;
  world.trace.note(`${machine.name} is ${node}`);
  const tools = { node, shards, backbone, codec, clock, log, defer, later };
  const membership = new Membership({ node, card, backbone, clock, log, later });
  const buried = (): void => membership.beat();
  const leased = { ...tools, backbone: afterLease(membership, machine) };
  const bus = new ClusterBus<Command, Item>({ ...leased, queueMax, inboxMax, buried });
  const ears = [(heard: Heard): void => bus.heard(heard)];
  const unlisten = backbone.listen(node, (heard) => {
    for (const ear of ears) ear(heard);
  });
  return {
    node,
    gateway: node as string as GatewayId,
    bus,
    membership,
    listen: (ear) => void ears.push(ear),
    farewell: (then) => {
      let [left, known] = [shards, 0];
      const done = (answer: Answered<void>): void => {
        if (answer.known) known++;
        if (--left === 0) then(known === shards);
      };
      const word = bus.lastWord(node, FAREWELL);
      for (let shard = 0; shard < shards; shard++) backbone.bury(shard, node, word, done);
    },
    end: () => {
      unlisten();
      bus.stop();
    },
  };
}

/** Who never had a lease could not be declared dead: until then nothing is said. */
function afterLease(
  membership: Membership,
  { link, process }: Machine,
): Pick<Backbone, "append" | "history"> {
  return {
    append: (shard, batch, then) => {
      if (membership.census !== undefined) return link.append(shard, batch, then);
      process.defer(() => then({ known: false, why: "no lease yet" }));
    },
    history: (...asked) => link.history(...asked),
  };
}
