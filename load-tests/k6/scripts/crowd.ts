/** The clients of one VU: they know what each of them did, so they can tell whether all the others heard it. */
import exec from "k6/execution";
import http from "k6/http";
import { Client, shown } from "./client.ts";
import * as metrics from "./metrics.ts";
import { atRate, passed, reached } from "./pace.ts";
import { Truth } from "./presence.ts";
import { addressOf, routed, type Topology } from "./route.ts";
import type { Settings } from "./settings.ts";
import { json, msgpack, type Wire } from "./wire.ts";

/** What a crowd does between coming and the end of its verification. */
export type Deeds = (crowd: Crowd) => Promise<void>;

/** Opens a crowd, lets it do that, verifies, and says that it came to the end: the threshold counts it. */
export async function inCrowd(settings: Settings, deeds: Deeds): Promise<void> {
  for (const counter of metrics.wrongs) counter.add(0);
  const crowd = new Crowd(settings);
  try {
    await deeds(crowd);
    await crowd.settle();
    metrics.finished.add(1);
  } catch (cause) {
    console.error(`Crowd ${crowd.name} gave up: ${cause}`);
  } finally {
    crowd.leave();
  }
}

export class Crowd {
  readonly name: string;
  readonly clients: readonly Client[];
  readonly settings: Settings;
  readonly #truth = new Truth();
  readonly #rooms = new Set<string>();
  /** Rooms in which other crowds sit, too. */
  readonly #shared = new Set<string>();

  constructor(settings: Settings) {
    this.settings = settings;
    const vu = exec.vu.idInTest;
    this.name = `${settings.run}:${vu}`;
    const topology = topologyOf(settings);
    const sayings = new Map<string, number>();
    const { clients, vus } = settings;
    const share = Math.floor(clients / vus) + ((vu - 1) % vus < clients % vus ? 1 : 0);
    this.clients = Array.from({ length: share }, (_, index) => {
      const user = `${this.name}:${index}`;
      return new Client({
        user,
        wire: wireOf(settings, index),
        addresses: addressesOf(settings, { user, topology, index }),
        truth: this.#truth,
        settings,
        sayings,
      });
    });
  }

  /** Everybody comes, one after the other or all at once. */
  async enter(how: "paced" | "at once" = "paced"): Promise<void> {
    if (how === "paced") await this.#paced((client) => client.enter());
    else for (const client of this.clients) client.enter();
    if (!(await this.#reached(() => this.clients.every(({ isPresent }) => isPresent)))) {
      throw new Error("not everybody was let in");
    }
  }

  /** Neighbours watch each other: `count` each. */
  watchNeighbours(count: number): void {
    const users = this.clients.map(({ user }) => user);
    for (const [index, client] of this.clients.entries()) {
      const round = [...users.slice(index + 1), ...users.slice(0, index)];
      // And somebody who never comes.
      client.watch([...round.slice(0, count), `${this.name}:nobody`]);
    }
  }

  /** Everybody takes a seat in the room that is named for it. */
  async sit(roomOf: (index: number) => string, shared?: "shared"): Promise<void> {
    const joined: Promise<boolean>[] = [];
    await this.#paced((client, index) => {
      const room = roomOf(index);
      this.#rooms.add(room);
      if (shared === "shared") this.#shared.add(room);
      joined.push(client.join(room));
    });
    const seats = await Promise.all(joined);
    const areHeard = await this.#reached(() => this.clients.every(({ isQuiet }) => isQuiet));
    if (!seats.every(Boolean) || !areHeard) throw new Error("not everybody was given a seat");
  }

  /** By tens, or how many belong into one room. */
  sitInRooms(): Promise<void> {
    const { roomSize } = this.settings;
    return this.sit((index) => `${this.name} room ${Math.floor(index / roomSize)}`);
  }

  /** Somebody speaks in each room, at the rate of the settings. */
  async talk(ms: number, perSecond = this.settings.rate): Promise<void> {
    const rooms = [...this.#rooms];
    await Promise.all(
      rooms.map(async (room, index) => {
        await passed((index / rooms.length) * (1_000 / perSecond)); // Not all at once.
        const isBrisk = index === 0 && perSecond === this.settings.rate;
        await atRate(isBrisk ? this.settings.brisk : perSecond, ms, () => this.#sayIn(room));
      }),
    );
  }

  /** Runs on everybody, one after the other, so many times a second. */
  async each(perSecond: number, ms: number, run: (client: Client) => void): Promise<void> {
    let turn = 0;
    await atRate(perSecond, ms, () => {
      const client = this.clients[turn++ % this.clients.length];
      if (client !== undefined) run(client);
    });
  }

  /** Waits until everything that was begun is over, and holds everybody against the truth. */
  async settle(): Promise<void> {
    const isQuiet = (): boolean => {
      return this.clients.every((client) => client.isPresent && client.isQuiet);
    };
    await this.#reached(isQuiet);
    await this.#reached(() => this.#disagreeing() === 0);
    await this.#reached(() => this.#mistakes() === 0);
    const absent = this.clients.filter(({ isPresent }) => !isPresent).length;
    const missing = this.clients.reduce((sum, { seats }) => sum + seats.lost + seats.unheard, 0);
    metrics.lost.add(missing + this.#disagreeing() + absent);
    metrics.presenceChecked.add(this.clients.reduce((sum, { belief }) => sum + belief.watched, 0));
    metrics.presenceWrong.add(this.#mistakes());
    for (const { user, belief } of this.clients) {
      for (const mistake of belief.mistakes(this.#truth))
        shown(`In the end ${user} believes: ${mistake}`);
    }
  }

  leave(): void {
    for (const client of this.clients) client.depart();
  }

  /** Each in turn, at this crowd's part of the rate of coming. */
  async #paced(run: (client: Client, index: number) => void): Promise<void> {
    const perSecond = this.settings.comings / this.settings.vus;
    const left = [...this.clients.entries()];
    await atRate(perSecond, ((left.length - 1) / perSecond) * 1_000, () => {
      const [index, client] = left.shift() ?? [];
      if (client !== undefined && index !== undefined) run(client, index);
    });
    for (const [index, client] of left) run(client, index);
  }

  #sayIn(room: string): void {
    const present = this.clients.filter((client) => client.isIn(room));
    present[Math.floor(Math.random() * present.length)]?.say(room);
  }

  /** Members of a room that heard something else last than its others: who lost the end of it. */
  #disagreeing(): number {
    let disagreeing = 0;
    for (const room of this.#rooms) {
      if (this.#shared.has(room)) continue; // Others go on talking there.
      const ears = this.clients.flatMap(({ seats }) => seats.ear(room) ?? []);
      const heard = ears.filter(({ lastSpoken }) => lastSpoken !== "");
      const [latest] = [...heard].sort((a, b) => (b.last ?? 0) - (a.last ?? 0));
      disagreeing += heard.filter(({ lastSpoken }) => lastSpoken !== latest?.lastSpoken).length;
    }
    return disagreeing;
  }

  #mistakes(): number {
    return this.clients.reduce((sum, { belief }) => sum + belief.mistakes(this.#truth).length, 0);
  }

  #reached(look: () => boolean): Promise<boolean> {
    return reached(look, SETTLE_MS * this.settings.patience);
  }
}

/** Asked of a gateway, and held against the formula. */
function topologyOf({ addresses }: Settings): Topology {
  const page = (addresses[0] ?? "").replace(/^ws/, "http");
  const topology = http.get(`${page}/topology`).json() as unknown as Topology;
  const { checked, wrong } = routed(topology);
  metrics.routed.add(checked);
  metrics.misrouted.add(wrong.length);
  for (const each of wrong) console.error(`/topology: ${each}`);
  return topology;
}

type Place = { readonly user: string; readonly topology: Topology; readonly index: number };

/** Where its shard is served, then wherever else; or the given addresses in turn. */
function addressesOf(settings: Settings, { user, topology, index }: Place): readonly string[] {
  const { addresses, byTopology } = settings;
  if (byTopology) return [...new Set([addressOf(user, topology), ...topology.shards])];
  const first = index % addresses.length;
  return [...addresses.slice(first), ...addresses.slice(0, first)];
}

function wireOf({ speaks }: Settings, index: number): Wire {
  if (speaks === "both") return index % 2 === 0 ? msgpack : json;
  return speaks === "1" ? json : msgpack;
}

/** Design, section 9: everything is at rest so soon after the last disturbance. */
const SETTLE_MS = 10_000;
