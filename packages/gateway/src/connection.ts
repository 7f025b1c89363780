/** One socket at a gateway, and what it is subscribed to. */
import type { Status, Vouched } from "@roundhouse/domain";
import type { Code, Millis, RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { AnyProtocol } from "@roundhouse/protocol";
import type { Link } from "./link.ts";
import type { Receipts } from "./receipts.ts";
import type { Tellings } from "./tellings.ts";

/** A protocol at this gateway, and how many connections speak it. */
export type Voice = {
  readonly protocol: AnyProtocol;
  /** Topics of this protocol begin with it. */
  readonly mark: string;
  readonly isBinary: boolean;
  connections: number;
};

/** What counts against one address. */
export type Address = {
  readonly name: string;
  connections: number;
  /** How many more messages it may send now. */
  allowance: number;
  at: Millis;
};

/** A room at this gateway: the connections that sit in it here. */
export type Hall = {
  readonly id: RoomId;
  readonly shard: number;
  readonly seats: Set<Connection>;
  /** Those of them that hear nothing yet: they asked first what they missed. */
  waiting: Set<Connection>;
  /** The protocols spoken here: few, most often one. */
  readonly choirs: Choir[];
  /** The last number of the room's order that was passed on. */
  lastSeq: number;
  /** Frames were lost: until the room's shard has said how things stand nothing is passed on. */
  hole: Hole | undefined;
  /** Bytes fanned out since its connections were last looked at for a backlog. */
  unchecked: number;
};

/** Who came while a hall's order had a hole, and the number behind which each is to hear it. */
export type Hole = { readonly late: Map<Connection, number> };

/** Those in a hall who speak one protocol: they hear the same frames. */
export type Choir = {
  readonly voice: Voice;
  readonly topic: string;
  /** Who they are, where the protocol hears each by itself: no topic carries that. */
  readonly each: Set<Connection> | undefined;
  seats: number;
};

/** A subscriber that waits for the first word about some of the users it asked for. */
export type Waiting = {
  readonly connection: Connection;
  readonly asked: readonly Watched[];
  readonly since: Millis;
  /** How many of those asked for are not known yet. */
  unknown: number;
};

/** A user somebody here watches. */
export type Watched = {
  readonly user: UserId;
  readonly shard: number;
  /** Whether the shard's inbox has taken that somebody here watches. */
  isAsked: boolean;
  /** Undefined until the shard has said. */
  status: Status | undefined;
  /** Some watcher was answered before the status was known: it is told when it is. */
  isOwed: boolean;
  watchers: number;
  /** Those of them whose protocol hears each by itself: no topic carries that. */
  each: Set<Connection>;
  /** Those who wait for the first word about this user. */
  waiting: Waiting[];
};

/**
 * The state of one connection. A class, because there are ten thousand of them and each must have
 * the same shape and no more fields than it needs (style, rule 8: identity matters). It has no
 * methods: uWebSockets.js keeps its fields on an object of its own, and nothing else.
 */
export class Connection {
  socket: Link | undefined;
  readonly voice: Voice;
  /** Another one after it has logged out. */
  session: SessionId;
  readonly address: Address;
  /** What the protocol makes of it; only the protocol looks inside. */
  state: unknown = undefined;
  /** Set once an attach was asked for: whom the shard must be told of when it ends. */
  user: UserId | undefined = undefined;
  /** That shard. */
  home = NOWHERE;
  /** Whether it was told so by that shard. */
  isAttached = false;
  /** The account whose name it has proved, and under which password, as the shard told it last. */
  account: Vouched | undefined = undefined;
  /** Words of rooms that it may not have got; most connections hear none that would be kept. */
  tellings: Tellings | undefined = undefined;
  /** How far it got its notices; most connections are told nothing personally. */
  receipts: Receipts | undefined = undefined;
  /** Why we closed it, if we did. */
  endedBy: Code | undefined = undefined;
  halls: readonly Hall[] = NO_HALLS;
  watched: Set<Watched> = NO_WATCHED;
  allowance: number;
  allowanceAt: Millis;
  /** When it was last told that it sends too fast. */
  warnedAt: Millis = 0;
  /** Since when more than the soft bound waits; 0: it does not. */
  slowSince: Millis = 0;
  /** A replay was sent: until then more than the hard bound may wait, to be read. */
  patientUntil: Millis = 0;

  constructor(voice: Voice, session: SessionId, address: Address, allowance: number, at: Millis) {
    this.voice = voice;
    this.session = session;
    this.address = address;
    this.allowance = allowance;
    this.allowanceAt = at;
  }
}

export const NOWHERE = -1;
/** Of halls where nobody waits: nearly all. */
export const NOBODY: Set<Connection> = new Set();
/** Shared by all who have none: most connections watch nobody, many sit in no room. */
const NO_HALLS: readonly Hall[] = [];
const NO_WATCHED: Set<Watched> = new Set();

export function addWatched(connection: Connection, watched: Watched): void {
  if (connection.watched === NO_WATCHED) connection.watched = new Set();
  connection.watched.add(watched);
}

/** Its gateway's life is over: no shard knows it any more. */
export function disown(connection: Connection): void {
  connection.user = undefined;
  connection.isAttached = false;
  connection.account = undefined;
  connection.tellings = undefined;
  connection.receipts = undefined;
  connection.halls = NO_HALLS;
  connection.watched = NO_WATCHED;
}
