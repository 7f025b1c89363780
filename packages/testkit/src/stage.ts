/** One gateway alone, with shards that say what the test says: what it asks of them is kept. */
import type { Command, Item, Told } from "@roundhouse/domain";
import { Gateway, type GatewayOptions } from "@roundhouse/gateway";
import {
  fail,
  type GatewayId,
  ok,
  type Result,
  type SessionId,
  silentLog,
} from "@roundhouse/kernel";
import type { AnyProtocol } from "@roundhouse/protocol";
import { FakePasswords } from "./fake-passwords.ts";
import { FakeSocket, FakeTopics } from "./fake-sockets.ts";
import { limits } from "./numbers.ts";
import { parrot } from "./parrot.ts";
import { VirtualTime } from "./virtual-time.ts";

type StageOptions = Partial<Pick<GatewayOptions, "server" | "shards" | "identity">> & {
  readonly protocols?: readonly AnyProtocol[];
  readonly limits?: Partial<GatewayOptions["limits"]>;
};

/** A connection, the session that it began with, and what it was told as JSON. */
export class Actor {
  readonly socket: FakeSocket;
  readonly connection: ReturnType<Gateway["admit"]>;
  readonly #time: VirtualTime;

  constructor(socket: FakeSocket, connection: Actor["connection"], time: VirtualTime) {
    this.socket = socket;
    this.connection = connection;
    this.#time = time;
  }

  get session(): SessionId {
    return this.connection.session;
  }

  /** What the protocol would ask; `parrot` hands it on as it is. */
  asks(output: object): void {
    this.socket.says(JSON.stringify(output));
    this.#time.settle();
  }

  /** What it was told since the last time. */
  heard(): readonly unknown[] {
    return this.socket.received.splice(0).map((frame) => JSON.parse(String(frame)));
  }
}

export class Stage {
  readonly time = new VirtualTime();
  readonly passwords = new FakePasswords(this.time.defer);
  readonly gateway: Gateway;
  /** What shards refuse to take. */
  refuses: (command: Command, shard: number) => boolean = () => false;
  readonly #asked: { readonly shard: number; readonly command: Command }[] = [];
  readonly #topics = new FakeTopics();
  #frame: (items: readonly Item[], shard: number) => void = () => {};

  constructor(options: StageOptions = {}) {
    const { protocols = [parrot()], server } = options;
    this.gateway = new Gateway({
      id: "gate" as GatewayId,
      shards: options.shards ?? 1,
      bus: {
        append: (shard, _from, command) => this.#take(shard, command),
        hear: (_gateway, listener) => {
          this.#frame = (items, shard) => listener.frame({ shard, items });
          return () => {};
        },
      },
      protocols,
      identity: options.identity ?? {
        isDemanded: false,
        prove: (_, __, then) => then(ok(undefined)),
      },
      passwords: this.passwords,
      ...(server === undefined ? {} : { server }),
      limits: { ...limits, ...options.limits },
      clock: this.time,
      log: silentLog,
    });
    this.gateway.outlet.connect(this.#topics);
  }

  connect(from = "here"): Actor {
    const [voice] = this.gateway.voices;
    const address = this.gateway.door.enter(from, this.time.now());
    if (voice === undefined || !address.ok) throw new Error("nobody may enter");
    const connection = this.gateway.admit(voice, address.value);
    const socket = new FakeSocket(this.gateway, this.#topics, connection);
    this.gateway.opened(connection);
    return new Actor(socket, connection, this.time);
  }

  /** What shards were asked since the last time, digests apart. */
  asked(): readonly Command[] {
    return this.#asked.splice(0).map(({ command }) => command);
  }

  tell(session: SessionId, told: Told): void {
    this.say({ to: "session", session, told });
  }

  say(item: Item, shard = 0): void {
    this.#frame([item], shard);
    this.time.settle();
  }

  /** Time passes, and the gateway looks around every second of it. */
  passes(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.time.pass(1_000);
      this.gateway.sweep();
    }
  }

  #take(shard: number, command: Command): Result<void> {
    if (this.refuses(command, shard)) return fail("inbox_full");
    if (command.on !== "digest") this.#asked.push({ shard, command });
    return ok(undefined);
  }
}
