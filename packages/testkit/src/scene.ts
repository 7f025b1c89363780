/**
 * The whole house in a test's hand: the real gateways, ledger, shards and protocols in one process,
 * with sockets, disk and time that do what the test says and nothing else.
 */
import type { Answer, Command, Item, Rules, Stored } from "@roundhouse/domain";
import { Gateway, type GatewayOptions } from "@roundhouse/gateway";
import {
  fail,
  type GatewayId,
  type Log,
  type Millis,
  ok,
  type RoomId,
  shardOf,
  silentLog,
  type UserId,
} from "@roundhouse/kernel";
import { type Bus, EmbeddedLedger } from "@roundhouse/ledger";
import type { AnyProtocol, Bounds } from "@roundhouse/protocol";
import { turntable, turntable2 } from "@roundhouse/protocol-turntable";
import { ShardRunner } from "@roundhouse/shard";
import { FakePasswords } from "./fake-passwords.ts";
import { FakeSocket, FakeTopics } from "./fake-sockets.ts";
import { type InstantStore, instantStore } from "./instant-store.ts";
import { bounds, limits, rules } from "./numbers.ts";
import { Player } from "./player.ts";
import { json, type Tongue } from "./tongue.ts";
import { VirtualTime } from "./virtual-time.ts";

type SceneOptions = {
  readonly rules?: Partial<Rules>;
  readonly limits?: Partial<GatewayOptions["limits"]>;
  readonly bounds?: Partial<Bounds>;
  /** K. */
  readonly shards?: number;
  readonly gateways?: number;
  readonly inboxMax?: number;
  /** Whether every name needs a token, as with AUTH=token. */
  readonly isTokenDemanded?: boolean;
  readonly store?: InstantStore;
  /** Spoken beside turntable. */
  readonly protocols?: readonly AnyProtocol[];
  /** The facts of the server that protocols may tell. */
  readonly server?: GatewayOptions["server"];
  /** What stands between a gateway and the ledger; nothing unless a test says so. */
  readonly wire?: (ledger: Bus<Command, Item>) => Bus<Command, Item>;
};

type Connecting = {
  /** Which gateway it connects to. */
  readonly at?: number;
  readonly speaks?: Tongue;
  /** Its address. */
  readonly from?: string;
};

export const scene = (options: SceneOptions = {}): Scene => new Scene(options);

/** In a scene a token says in words what a real one says in signed JSON. */
export const tokenOf = (user: string): string => `token of ${user}`;

export class Scene {
  readonly time = new VirtualTime();
  readonly store: InstantStore;
  readonly ledger: EmbeddedLedger<Command, Item, Stored>;
  readonly runners: readonly ShardRunner[];
  readonly gateways: readonly Gateway[];
  readonly passwords = new FakePasswords(this.time.defer);
  readonly #topics: readonly FakeTopics[];
  readonly #shards: number;
  readonly #answers: Answer[] = [];
  #isGathering = false;

  constructor(options: SceneOptions) {
    const { time } = this;
    const shards = options.shards ?? 4;
    this.#shards = shards;
    this.store = options.store ?? instantStore();
    this.ledger = new EmbeddedLedger({
      shards,
      store: this.store,
      clock: time,
      log: silentLog,
      inboxMax: options.inboxMax ?? 10_000,
      defer: time.defer,
      later: time.later,
    });
    const { ledger } = this;
    const chosen = { ...rules, ...options.rules };
    this.runners = Array.from({ length: shards }, (_, shard) => {
      return new ShardRunner({ shard, shards, rules: chosen, ledger });
    });
    this.gateways = Array.from({ length: options.gateways ?? 1 }, (_, index) => {
      return this.#openGateway(`gate${index}` as GatewayId, options);
    });
    this.#topics = this.gateways.map((gateway) => {
      const topics = new FakeTopics();
      gateway.outlet.connect(topics);
      return topics;
    });
    ledger.hear(OPERATOR, {
      frame: ({ items }) => {
        for (const item of items) if (item.to === "operator") this.#answers.push(item.answer);
      },
      missed: () => {},
    });
    time.every(TICK_MS, () => {
      for (const runner of this.runners) runner.tick(time.now());
    });
    time.every(SWEEP_MS, () => {
      for (const gateway of this.gateways) gateway.sweep();
    });
  }

  // Who is here.

  /** Each on a connection of its own, identified, and past the greetings. */
  enter<Names extends readonly string[]>(...names: Names): { [Name in keyof Names]: Player } {
    return names.map((name) => {
      const player = this.connect(name);
      player.identifies();
      player.frames();
      return player;
    }) as { [Name in keyof Names]: Player };
  }

  /** A connection that has not said its name; `name` is the one that it will say. */
  connect(name: string, { at = 0, speaks = json, from = "here" }: Connecting = {}): Player {
    const connect = (): FakeSocket => this.#open(at, speaks.subprotocol, from);
    const settle = (): void => this.settle();
    return new Player(name, { connect, settle, now: this.time.now }, speaks);
  }

  // What happens.

  passes(ms: Millis): void {
    this.time.pass(ms);
  }

  /** Everything said inside reaches the house in one turn of the loop. */
  atOnce(said: () => void): void {
    this.#isGathering = true;
    said();
    this.#isGathering = false;
    this.settle();
  }

  settle(): void {
    if (!this.#isGathering) this.time.settle();
  }

  /** From now on the name needs a proof, or no longer. */
  registers(user: string, guarded = true): void {
    const command = { on: "guard", user: user as UserId, guarded, request: 1 } as const;
    this.tells(user, command);
  }

  /** Hands the owner of an id a command, as a gateway would. */
  tells(subject: string, command: Command, from: GatewayId = OPERATOR): void {
    this.ledger.append(shardOf(subject, this.#shards), from, command);
    this.settle();
  }

  // What an operator sees.

  who(user: string) {
    this.tells(user, { on: "who", user: user as UserId, request: 1 });
    const answer = this.#answers.splice(0).at(-1);
    if (answer?.on !== "who") throw new Error("nobody answered who");
    return answer.user;
  }

  rooms() {
    for (let shard = 0; shard < this.#shards; shard++) {
      this.ledger.append(shard, OPERATOR, { on: "rooms", limit: 1000, request: 1 });
    }
    this.settle();
    const answers = this.#answers.splice(0);
    return answers.flatMap((answer) => (answer.on === "rooms" ? answer.rooms : []));
  }

  room(id: string) {
    return this.rooms().find((room) => room.id === (id as RoomId));
  }

  #open(at: number, subprotocol: string, from: string): FakeSocket {
    const gateway = this.gateways[at];
    const topics = this.#topics[at];
    if (gateway === undefined || topics === undefined) throw new Error(`no gateway ${at}`);
    const voice = gateway.voices.find(({ protocol: { carrier, name } }) => {
      return (carrier.over === "websocket" ? carrier.subprotocol : name) === subprotocol;
    });
    if (voice === undefined) throw new Error(`nobody speaks ${subprotocol}`);
    const address = gateway.door.enter(from, this.time.now());
    if (!address.ok) throw new Error(address.code);
    const connection = gateway.admit(voice, address.value);
    const socket = new FakeSocket(gateway, topics, connection);
    gateway.opened(connection);
    return socket;
  }

  #openGateway(id: GatewayId, options: SceneOptions): Gateway {
    const spoken = { ...bounds, ...options.bounds };
    return new Gateway({
      id,
      shards: this.#shards,
      bus: options.wire?.(this.ledger) ?? this.ledger,
      protocols: [turntable(spoken), turntable2(spoken), ...(options.protocols ?? [])],
      identity: {
        isDemanded: options.isTokenDemanded ?? false,
        prove: (token, user, then) => {
          then(token === tokenOf(user) ? ok(undefined) : fail("token_invalid"));
        },
        mint: tokenOf,
      },
      passwords: this.passwords,
      ...(options.server === undefined ? {} : { server: options.server }),
      limits: { ...limits, ...options.limits },
      clock: this.time,
      log: strictLog,
    });
  }
}

/** A bug that ends one connection in production ends the test. */
const strictLog: Log = {
  say: (level, event, facts) => {
    if (level === "error") throw new Error(`${event} ${JSON.stringify(facts)}`);
  },
};

const OPERATOR = "operator" as GatewayId;
const TICK_MS = 250;
const SWEEP_MS = 1000;
