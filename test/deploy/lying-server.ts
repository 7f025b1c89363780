/**
 * A server that speaks turntable, both versions, well enough for the load's clients, and lies in one way:
 * what they verify must show it.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pack, unpack } from "msgpackr";
import { type WebSocket, WebSocketServer } from "ws";

/** What a lie may do to deliveries: the true way is to `send` once. */
export type Delivery = {
  readonly send: () => void;
  readonly isOwn: boolean;
  /** Counts the deliveries to this member. */
  readonly count: number;
  readonly later: (send: () => void) => void;
};

export type Lie = {
  readonly deliver?: (delivery: Delivery) => void;
  /** What is told of a user, instead of what is true. */
  readonly status?: (user: string, status: string) => string;
  /** What is answered to a game message instead of relaying it. */
  readonly refusal?: string;
  /** Only every so-manieth of a member's is refused. */
  readonly refusesEvery?: number;
  /** What is said to whoever comes back with a session. */
  readonly forgetsSeats?: boolean;
  readonly closesAfterMs?: number;
  readonly namesNobody?: boolean;
  readonly gapAfterMs?: number;
  readonly topology?: { readonly k: number; readonly shards: number };
};

type Message = { readonly command: string; readonly data: unknown; readonly request?: number };
type Fields = Record<string, unknown>;

export class LyingServer {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #lie: Lie;
  readonly #members = new Set<Member>();
  readonly #seqs = new Map<string, number>();

  private constructor(lie: Lie) {
    this.#lie = lie;
    this.#server = createServer((_, response) => response.end(JSON.stringify(this.#topology())));
    this.#sockets = new WebSocketServer({ server: this.#server, handleProtocols: firstOf });
    this.#sockets.on("connection", (socket) => this.#connected(socket));
  }

  static async open(lie: Lie): Promise<LyingServer> {
    const server = new LyingServer(lie);
    await new Promise<void>((resolve) => {
      server.#server.listen(0, "127.0.0.1", resolve);
    });
    return server;
  }

  get address(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const { socket } of this.#members) socket.terminate();
    this.#server.close();
  }

  #topology(): { readonly k: number; readonly shards: readonly string[] } {
    const { k, shards } = this.#lie.topology ?? { k: 8, shards: 8 };
    return { k, shards: Array.from({ length: shards }, () => this.address) };
  }

  #connected(socket: WebSocket): void {
    const member = new Member(socket);
    this.#members.add(member);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#members.delete(member);
      if (member.user !== "") this.#announce(member.user);
      for (const room of [...member.rooms])
        this.#number(room, { command: "left", user: member.user });
    });
    socket.on("message", (frame: Buffer, isBinary) => {
      if (frame.length > FRAME_MAX) return socket.terminate();
      const message = isBinary ? unpacked(frame) : (JSON.parse(String(frame)) as Message);
      this.#heard(member, message);
    });
    const { closesAfterMs, gapAfterMs } = this.#lie;
    if (closesAfterMs !== undefined) setTimeout(() => socket.close(1011), closesAfterMs);
    if (gapAfterMs !== undefined) {
      setTimeout(() => {
        for (const room of member.rooms) member.say("gap", { channel: room, lost: 0 });
      }, gapAfterMs);
    }
  }

  #heard(member: Member, { command, data, request }: Message): void {
    const fields = (typeof data === "object" && data !== null ? data : {}) as Fields;
    const room = String(fields["channel"]);
    switch (command) {
      case "idme":
        if (this.#lie.namesNobody === true) return;
        return this.#named(member, fields);
      case "subscribe": {
        const users = data as readonly string[];
        member.watched.push(...users);
        return member.say("userchange", this.#statuses(users));
      }
      case "joingame": {
        member.rooms.add(room);
        this.#number(room, { command: "joined", user: member.user }, member);
        member.say("ok", { seq: this.#seqs.get(room) }, request);
        return this.#announce(member.user);
      }
      case "game":
        return this.#relay(member, { room, fields, request });
    }
  }

  #named(member: Member, fields: Fields): void {
    member.user = String(fields["id"]);
    const isBack = Object.keys((fields["seen"] ?? {}) as Fields);
    const channels = this.#lie.forgetsSeats === true ? [] : isBack;
    for (const room of channels) member.rooms.add(room);
    member.say("resumed", { channels });
    this.#announce(member.user);
  }

  #relay(
    member: Member,
    said: { room: string; fields: Fields; request: number | undefined },
  ): void {
    const { room, fields, request } = said;
    const { refusal, refusesEvery = 1 } = this.#lie;
    const isTaken = refusal === undefined || ++member.said % refusesEvery > 0;
    if (!isTaken) return member.say("error", { code: refusal, message: "" }, request);
    const [action] = fields["actions"] as readonly Fields[];
    const seq = this.#next(room);
    member.say("ok", { seq }, request);
    const actions = [{ ...action, from: member.user, timestamp: 0 }];
    for (const other of this.#membersOf(room)) {
      const send = (): void => other.say("game", { channel: room, seq, actions });
      const count = ++other.deliveries;
      const later = (run: () => void): void => {
        other.held.push(run);
        setTimeout(() => other.release(run), HELD_MS); // Nothing may follow that would release it.
      };
      const { deliver } = this.#lie;
      const held = [...other.held];
      if (deliver === undefined) send();
      else deliver({ send, isOwn: other === member, count, later });
      for (const run of held) other.release(run);
    }
  }

  /** Joins and leaves take a number, too, which version 2 hears. */
  #number(room: string, { command, user }: { command: string; user: string }, but?: Member): void {
    const seq = this.#next(room);
    for (const other of this.#membersOf(room)) {
      if (other !== but && other.isTwo) other.say(command, { channel: room, seq, user });
    }
  }

  #next(room: string): number {
    const seq = (this.#seqs.get(room) ?? 0) + 1;
    this.#seqs.set(room, seq);
    return seq;
  }

  #membersOf(room: string): readonly Member[] {
    return [...this.#members].filter(({ rooms }) => rooms.has(room));
  }

  #announce(user: string): void {
    for (const member of this.#members) {
      if (member.watched.includes(user)) member.say("userchange", this.#statuses([user]));
    }
  }

  #statuses(users: readonly string[]): Fields {
    return Object.fromEntries(
      users.map((user) => {
        const member = [...this.#members].find((it) => it.user === user);
        const seated = (member?.rooms.size ?? 0) > 0 ? "busy" : "online";
        const status = member === undefined ? "offline" : seated;
        return [user, this.#lie.status?.(user, status) ?? status];
      }),
    );
  }
}

class Member {
  readonly socket: WebSocket;
  readonly rooms = new Set<string>();
  readonly watched: string[] = [];
  readonly held: (() => void)[] = [];
  user = "";
  deliveries = 0;
  said = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
  }

  get isTwo(): boolean {
    return this.socket.protocol === "turntable.v2";
  }

  release(run: () => void): void {
    const index = this.held.indexOf(run);
    if (index < 0) return;
    this.held.splice(index, 1);
    run();
  }

  say(command: string, data: Fields, request?: number): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.isTwo)
      this.socket.send(pack(request === undefined ? [command, data] : [command, data, request]));
    else if (command !== "ok") this.socket.send(JSON.stringify({ command, data }));
  }
}

function unpacked(frame: Buffer): Message {
  const [command, data, request] = unpack(frame) as readonly [string, unknown, number?];
  return { command, data, ...(request === undefined ? {} : { request }) };
}

const firstOf = (offered: ReadonlySet<string>): string | false => [...offered][0] ?? false;
/** As gateways do: far beyond what they take, the connection is cut. */
const FRAME_MAX = 4 * 65_536;
const HELD_MS = 150;
