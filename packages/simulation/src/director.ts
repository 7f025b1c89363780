/** Draws what happens next: what clients wish, how the cluster grows, and what goes wrong. */
import type { Deed } from "./deed.ts";
import { residence } from "./residence.ts";
import type { Town } from "./town.ts";
import { troubles } from "./troubles.ts";
import { wishes } from "./wishes.ts";

export class Director {
  readonly #town: Town;
  readonly #wishes: readonly Deed[];
  readonly #residence: readonly Deed[];
  readonly #growth: readonly Deed[];
  readonly #troubles: readonly Deed[];

  constructor(town: Town) {
    this.#town = town;
    this.#wishes = wishes(town);
    this.#residence = residence(town);
    this.#growth = growth(town);
    this.#troubles = troubles(town);
  }

  /** One deed, and some time. */
  step(): void {
    const { dice, mood, time, residents } = this.#town;
    if (dice.happens(mood.trouble)) this.#draw(this.#troubles);
    else if (dice.happens(GROWTH)) this.#draw(this.#growth);
    else if (residents.length > 0 && dice.happens(RESIDENCE)) this.#draw(this.#residence);
    else this.#draw(this.#wishes);
    if (dice.happens(0.7)) time.pass(dice.below(mood.pauseMs + 1));
  }

  #draw(deeds: readonly Deed[]): void {
    let left = this.#town.dice.below(deeds.reduce((sum, { weight }) => sum + weight, 0));
    for (const { weight, run } of deeds) {
      left -= weight;
      if (left < 0) return run();
    }
  }
}

/** Nodes come and go in good order. */
function growth(town: Town): readonly Deed[] {
  const { dice, trace } = town;
  type Node = { readonly machine: { readonly name: string }; isLeaving: boolean; leave(): void };
  const oneLeaves = (nodes: readonly Node[]): void => {
    const staying = nodes.filter(({ isLeaving }) => !isLeaving);
    if (staying.length < 2) return;
    const node = dice.pick(staying);
    trace.note(`${node.machine.name} leaves`);
    node.leave();
  };
  const oneStarts = (nodes: readonly Node[], start: () => void): void => {
    if (nodes.length < NODES_MAX) start();
  };
  return [
    { weight: 2, run: () => oneStarts(town.standing.shardNodes, () => town.addShardNode()) },
    { weight: 1, run: () => oneStarts(town.standing.gateways, () => town.addGateway()) },
    { weight: 2, run: () => oneLeaves(town.standing.shardNodes) },
    { weight: 1, run: () => oneLeaves(town.standing.gateways) },
  ];
}

const NODES_MAX = 5;
/** How often residents wish something, where there are any. */
const RESIDENCE = 0.6;
/** How often the cluster grows or shrinks. */
const GROWTH = 0.02;
