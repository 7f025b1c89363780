/**
 * What a cluster's ledger stands on: a few atomic steps on shared, durable state, and an ear.
 *
 * Every step happens wholly or not at all, and steps on one shard happen one after another. An
 * answer may get lost on the way: then it is `unknown`, whether the step happened or not, so every
 * step is one that may be repeated. Callbacks come once, never inside the call. All bytes are
 * opaque here.
 *
 * Two implementations run one contract suite: Redis (redis-backbone.ts, with its functions in Lua)
 * and the model that the simulation runs on.
 */
import type { Millis } from "@roundhouse/kernel";

/** One process in its one life: 16 hexadecimal digits, chosen at its start. */
export type NodeId = string & { readonly brand: "NodeId" };

/** The place of an entry in an inbox, `<ms>-<n>`: later entries are greater. Its ms are its time. */
export type EntryId = string & { readonly brand: "EntryId" };

/** Before every entry. */
export const BEGINNING = "0-0" as EntryId;

/** How many owners a shard has had: every change of owner counts one up. */
export type Epoch = number;

export type Answered<Value> =
  | { readonly known: true; readonly value: Value }
  /** It may have happened or not: repeat it. `why` is for the log. */
  | { readonly known: false; readonly why: string };
export type Then<Value> = (answer: Answered<Value>) => void;

/** One entry of an inbox. */
export type Entry = {
  readonly id: EntryId;
  /** The entry before it: who has read that one has missed nothing. */
  readonly previous: EntryId;
  readonly sender: string;
  readonly bytes: Uint8Array;
};

export type Append = {
  /** A node, or a shard's outbox: whoever counts its own batches. */
  readonly sender: string;
  /** Counts the sender's batches for this shard, from 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
  /** How many entries the inbox may hold; 0: what was promised passes every bound. */
  readonly most: number;
};

export type Appended =
  /** It is in the inbox, now or since an earlier call with the same number. */
  | { readonly at: "taken" }
  /** The inbox is full: try again later. */
  | { readonly at: "full" }
  /** `last` is the last number of this sender that the shard has: go on from there. */
  | { readonly at: "gap"; readonly last: number }
  /** The sender was buried: nothing of it is taken any more. */
  | { readonly at: "buried" };

/** Who may write a shard. No owner: `""`. */
export type Holder = { readonly owner: NodeId | ""; readonly epoch: Epoch };

/** A shard as its new owner finds it. */
export type Shard = Holder & {
  /** The last entry of the inbox whose effects are committed. */
  readonly position: EntryId;
  /** The number of the last commit. */
  readonly commit: number;
  /** What the owners have noted for each other, by key. */
  readonly notes: ReadonlyMap<string, string>;
  /** What waits in the outbox, by key. */
  readonly outbox: ReadonlyMap<string, Uint8Array>;
};

/** Changes of a map of bytes: undefined removes. */
export type Changes = ReadonlyMap<string, Uint8Array | undefined>;

export type ShardCommit = {
  readonly owner: NodeId;
  readonly epoch: Epoch;
  /** The position that this commit goes on from, and the one it reaches. */
  readonly from: EntryId;
  readonly to: EntryId;
  /** The number of this commit, greater than the last one's. */
  readonly commit: number;
  /** The last one's; one less when it does not say. */
  readonly before?: number;
  /** undefined removes. */
  readonly notes: ReadonlyMap<string, string | undefined>;
  /** What a new owner must know at once. */
  readonly live: Changes;
  /** What is looked up when somebody needs it. */
  readonly kept: Changes;
  readonly outbox: Changes;
  /** What the history keeps of this commit; undefined: nothing happened that anybody heard. */
  readonly history: Uint8Array | undefined;
  /** Commits before this one leave the history: the owner counts its bytes. */
  readonly historyFrom: number;
  /** Each is published to a node's ear, in the step itself. */
  readonly frames: readonly { readonly to: NodeId; readonly bytes: Uint8Array }[];
};

export type Committed =
  /** Done, now or by an earlier call with the same arguments. */
  | { readonly at: "done" }
  /** Another owner, another epoch, or another position: whoever asked is not the owner any more. */
  | { readonly at: "fenced"; readonly holder: Holder };

export type Passage = { readonly commit: number; readonly bytes: Uint8Array };

/** What a node says of itself with each renewal. */
export type Card = {
  readonly name: string;
  readonly role: "gateway" | "shard";
  /** Where clients reach a gateway; a shard node has none. */
  readonly address: string;
  /** It wants to end: nobody gives it anything any more. */
  readonly isLeaving: boolean;
  /** How many connections a gateway holds: for operators. */
  readonly connections?: number;
  /** A fingerprint of the rules it was given: all nodes should have the same. */
  readonly rules?: string;
};

export type Member = Card & {
  readonly node: NodeId;
  /** When its lease ends, by the backbone's clock, unless it renews. */
  readonly until: Millis;
};

/** The cluster as one renewal saw it. All times by the backbone's own clock. */
export type Census = {
  readonly now: Millis;
  /** Whoever holds the coordinator's lease: a shard node; "" if there is none. */
  readonly coordinator: NodeId | "";
  readonly members: readonly Member[];
  /** Until then no lease counts as ended: the backbone itself was away. */
  readonly graceUntil: Millis;
  /** Names of nodes that an operator wants empty. */
  readonly drained: readonly string[];
  /** Where the coordinator wants shards to be that are elsewhere. */
  readonly wishes: ReadonlyMap<number, NodeId>;
  /** Nodes that were declared dead and are not yet buried in every shard. */
  readonly dead: readonly NodeId[];
};

export type Renewed =
  | { readonly at: "renewed"; readonly census: Census }
  /** It was declared dead: a node can only go on under a new id. */
  | { readonly at: "buried" };

/** What a node hears, of any shard. */
export type Heard =
  /** An entry for the owner of the shard. */
  | { readonly on: "entry"; readonly shard: number; readonly entry: Entry }
  /** The shard is this node's now. */
  | { readonly on: "granted"; readonly shard: number; readonly epoch: Epoch }
  /** A frame, a beacon: whatever another node said about a shard. */
  | { readonly on: "said"; readonly shard: number; readonly bytes: Uint8Array }
  /** Something may have been missed, of any shard: look for yourself. */
  | { readonly on: "interrupted" };

/** The steps on one shard. */
export interface ShardSteps {
  /** Appends, and lets the owner hear it. */
  append(shard: number, batch: Append, then: Then<Appended>): void;
  /** Entries after one, in order, at most so many. */
  read(shard: number, after: EntryId, most: number, then: Then<readonly Entry[]>): void;
  commit(shard: number, commit: ShardCommit, then: Then<Committed>): void;
  /** A new owner's first look. */
  open(shard: number, then: Then<Shard>): void;
  /** Everything live, in pages; `done` follows the last. Only an owner's is consistent. */
  scan(
    shard: number,
    page: (entries: ReadonlyMap<string, Uint8Array>) => void,
    done: Then<void>,
  ): void;
  fetch(shard: number, keys: readonly string[], then: Then<ReadonlyMap<string, Uint8Array>>): void;
  /**
   * What is kept under keys that begin so, in the order of their bytes, at most so many. Only keys
   * that begin with `account/`, `room/` or `user/` are found.
   */
  find(
    shard: number,
    prefix: string,
    most: number,
    then: Then<ReadonlyMap<string, Uint8Array>>,
  ): void;
  /** How many of those that can be found are kept in this shard. */
  count(shard: number, then: Then<number>): void;
  /** What history still has from commit `from` on, in order, at most so many. */
  history(shard: number, from: number, most: number, then: Then<readonly Passage[]>): void;
  /**
   * Gives the shard to `next`, counts the epoch up, and lets `next` hear it: only if the epoch is
   * still the one named. The owner's hand-over and the coordinator's take-over are this one step.
   */
  assign(
    shard: number,
    change: { readonly epoch: Epoch; readonly next: NodeId | "" },
    then: Then<{ readonly isDone: boolean; readonly holder: Holder }>,
  ): void;
  holder(shard: number, then: Then<Holder>): void;
  /**
   * From now on nothing of this node is taken, and the entry `bytes` stands in the inbox as its last
   * word. Once: a second time changes nothing.
   */
  bury(shard: number, node: NodeId, bytes: Uint8Array, then: Then<void>): void;
}

/** The steps that concern all shards together. */
export interface ClusterSteps {
  /** Renews the lease; a shard node takes the coordinator's lease along when that is free. */
  renew(node: NodeId, card: Card, then: Then<Renewed>): void;
  /** Ends the lease at once: everything was handed over. */
  leave(node: NodeId, then: Then<void>): void;
  /** No renewal of this node succeeds any more. Only with an ended lease; tells whether it is so. */
  declareDead(node: NodeId, then: Then<boolean>): void;
  /** It is buried in every shard: the census names it no more, and still no renewal succeeds. */
  forget(node: NodeId, then: Then<void>): void;
  wish(wishes: ReadonlyMap<number, NodeId | undefined>, then: Then<void>): void;
  drain(name: string, isDrained: boolean, then: Then<void>): void;
  /** Constants of the data set: the first to name one decides; answers what holds. */
  constant(name: string, value: string, then: Then<string>): void;
}

export interface Backbone extends ShardSteps, ClusterSteps {
  /** Hears everything said to this node; returns the way to stop. One ear per node. */
  listen(node: NodeId, ear: (heard: Heard) => void): () => void;
  /** At most once, never answered: for beacons. */
  say(shard: number, to: NodeId, bytes: Uint8Array): void;
  /** Whether steps are answered and the ear hears its own probes. */
  readonly isSound: boolean;
}

/** How long a lease lasts without renewal. */
export const LEASE_MS: Millis = 6_000;
/** How often a node renews. */
export const HEARTBEAT_MS: Millis = 1_000;
/** A longer silence of all nodes together means that the backbone was away: leases get a new term. */
export const SILENCE_MS: Millis = 3_000;
