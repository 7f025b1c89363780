/** What goes wrong beside what is wrong with every link all the time: whole nodes, whole outages. */
import type { Millis } from "@roundhouse/kernel";
import type { Deed } from "./deed.ts";
import type { Machine } from "./node.ts";
import type { Town } from "./town.ts";

export function troubles(town: Town): readonly Deed[] {
  return [...kills(town), ...legacy(town), ...lapses(town), ...outages(town)];
}

/** kill -9, most often with a new node in its place. */
function kills(town: Town): readonly Deed[] {
  const { dice, trace } = town;
  type Node = { readonly machine: Machine; kill(): void };
  const kill = (nodes: readonly Node[], another: () => void): void => {
    const node = nodes.length === 0 ? undefined : dice.pick(nodes);
    trace.note(`trouble: kill ${node?.machine.name}`);
    node?.kill();
    if (nodes.length < 2 || dice.happens(0.5)) another();
  };
  return [
    { weight: 3, run: () => kill(town.standing.shardNodes, () => town.addShardNode()) },
    { weight: 3, run: () => kill(town.standing.gateways, () => town.addGateway()) },
    { weight: 2, run: () => kill(town.standing.receptions, () => {}) },
  ];
}

/** What a node commits is stuck on the way, and arrives when the node is long dead and replaced. */
function legacy(town: Town): readonly Deed[] {
  const { dice, time, trace } = town;
  const run = (): void => {
    const { shardNodes } = town.standing;
    if (shardNodes.length < 2) return;
    const node = dice.pick(shardNodes);
    const { name, link } = node.machine;
    trace.note(`trouble: what ${name} commits is stuck, and then it is killed`);
    link.isStuck = true;
    time.later(
      () => {
        if (!town.isCalm) node.kill();
      },
      dice.between(50, 1_500),
    );
  };
  return [{ weight: 12, run }];
}

/** One machine is not what it should be for a while. */
function lapses(town: Town): readonly Deed[] {
  const { dice, time, trace, clients } = town;
  const befalls = (name: string, what: (machine: Machine, ms: Millis) => void) => (): void => {
    const { machines } = town;
    if (machines.length === 0) return;
    const machine = dice.pick(machines);
    const ms = dice.pick(WHILES_MS);
    trace.note(`trouble: ${name} ${machine.name} ${ms}`);
    what(machine, ms);
  };
  const pause = ({ process }: Machine, ms: Millis): void => {
    process.pause();
    time.later(() => process.wake(), ms);
  };
  const cut = ({ link }: Machine, ms: Millis): void => {
    link.cut(dice.happens(0.5));
    time.later(() => link.heal(), ms);
  };
  const jump = ({ process }: Machine): void => process.jump(dice.between(-600_000, 600_000));
  return [
    { weight: 4, run: befalls("pause", pause) },
    { weight: 4, run: befalls("cut", cut) },
    { weight: 4, run: befalls("deafen", ({ link }, ms) => link.deafen(ms / 4)) },
    { weight: 2, run: befalls("clock", jump) },
    { weight: 2, run: () => dice.pick(clients).drops() },
  ];
}

/** The backbone itself. */
function outages({ dice, outage, time, trace }: Town): readonly Deed[] {
  const happens = (name: string, begin: () => void) => (): void => {
    const ms = dice.pick(WHILES_MS);
    trace.note(`trouble: the backbone is ${name} for ${ms}`);
    begin();
    time.later(() => outage.comeBack(), ms);
  };
  return [
    { weight: 2, run: happens("frozen", () => outage.freeze()) },
    { weight: 2, run: happens("away", () => outage.goAway()) },
  ];
}

/** Blinks, and more than a lease lasts. */
const WHILES_MS: readonly Millis[] = [100, 1_000, 4_000, 9_000, 14_000];
