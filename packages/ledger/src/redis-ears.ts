/** The ears of this process: who hears what is said to which node, over one connection per primary. */
import type { Heard, NodeId } from "./backbone.ts";
import { EarLink, nodesOf } from "./redis-ear-link.ts";
import { headOf } from "./redis-encode.ts";
import type { Fleet } from "./redis-fleet.ts";
import { channelOf, nodeOfChannel, readHeard, shardOfChannel } from "./redis-heard.ts";
import { type RedisSurroundings, redisOptions } from "./redis-options.ts";
import type { Primary } from "./redis-primary.ts";

export type EarsOptions = { readonly fleet: Fleet; readonly surroundings: RedisSurroundings };

export class Ears {
  readonly #options: EarsOptions;
  readonly #ears = new Map<NodeId, (heard: Heard) => void>();
  readonly #links = new Map<Primary, EarLink>();
  #isClosed = false;

  constructor(options: EarsOptions) {
    this.#options = options;
    options.fleet.watch(() => this.#spread());
    this.#probe();
  }

  get isSound(): boolean {
    for (const link of this.#links.values()) if (!link.isSound) return false;
    return true;
  }

  listen(node: NodeId, ear: (heard: Heard) => void): () => void {
    this.#ears.set(node, ear);
    this.#spread();
    return () => {
      if (this.#ears.get(node) !== ear) return;
      this.#ears.delete(node);
      this.#spread();
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#ears.clear();
    for (const link of this.#links.values()) link.close();
    this.#links.clear();
  }

  /** Each channel is heard where its shard is. */
  #spread(): void {
    if (this.#isClosed) return;
    const { fleet, surroundings } = this.#options;
    const wanted = new Map<Primary, Set<string>>();
    for (let shard = 0; shard < surroundings.shards; shard++) {
      const primary = fleet.primaryOf(shard);
      if (primary === undefined || this.#ears.size === 0) continue;
      const channels = wanted.get(primary) ?? new Set();
      wanted.set(primary, channels);
      for (const node of this.#ears.keys()) channels.add(channelOf(shard, node));
    }
    for (const [primary, link] of this.#links) {
      if (wanted.has(primary)) continue;
      link.close();
      this.#links.delete(primary);
    }
    for (const [primary, channels] of wanted) this.#linkTo(primary).want(channels);
  }

  #linkTo(primary: Primary): EarLink {
    const known = this.#links.get(primary);
    if (known !== undefined) return known;
    const { fleet, surroundings } = this.#options;
    const publish = headOf(fleet.isSharded ? "SPUBLISH" : "PUBLISH");
    const link = new EarLink({
      redis: redisOptions(surroundings, primary.address),
      name: `ear ${primary.name}`,
      isSharded: fleet.isSharded,
      surroundings,
      heard: (channel, message) => this.#heard(channel, message),
      hearing: (channels) => this.#interrupt(channels),
      moved: () => fleet.refresh(),
      publish: (channel, message, then) => {
        primary.link("leases").call(publish, [channel, message], (error) => then(error === null));
      },
    });
    this.#links.set(primary, link);
    return link;
  }

  #heard(channel: Buffer, message: Buffer): void {
    const ear = this.#ears.get(nodeOfChannel(channel));
    if (ear === undefined) return;
    const heard = readHeard(shardOfChannel(channel), message);
    if (heard !== undefined) ear(heard);
  }

  /** Before they were heard something may have been said. */
  #interrupt(channels: readonly string[]): void {
    for (const node of nodesOf(channels)) this.#ears.get(node as NodeId)?.({ on: "interrupted" });
  }

  #probe(): void {
    const { later, probeMs } = this.#options.surroundings;
    later(() => {
      if (this.#isClosed) return;
      for (const link of this.#links.values()) link.probe();
      this.#probe();
    }, probeMs);
  }
}
