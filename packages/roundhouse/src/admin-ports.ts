/** What the admin server asks a node. The composition root answers. */
import type { Result } from "@roundhouse/kernel";
import type { AccountPorts } from "./account-ports.ts";

export type RoomSeen = {
  readonly id: string;
  readonly shard: number;
  readonly members: number;
  /** The last event's number. */
  readonly seq: number;
  readonly owner: string;
  /** Of a room that was created: what it is called, who may enter, and how many are members. */
  readonly created?: {
    readonly title: string;
    readonly access: string;
    readonly members: number;
  };
};

export type SessionSeen = {
  readonly id: string;
  readonly gateway: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** False while it only waits to be resumed. */
  readonly connected: boolean;
};

export type UserSeen = {
  readonly user: string;
  readonly shard: number;
  readonly status: string;
  readonly sessions: readonly SessionSeen[];
  readonly rooms: readonly string[];
  /** True when an operator registered the name: it needs a token in AUTH=open too. */
  readonly protected: boolean;
  /** Of a name with an account, in short. */
  readonly account?: {
    /** Which life of the name it is: whoever signs up again is somebody else. */
    readonly born: number;
    /** Which of its passwords is the present one. */
    readonly turn: number;
    readonly nickname: string;
    readonly isBanned: boolean;
    readonly friends: number;
    readonly rooms: number;
    /** Notices that wait. */
    readonly mail: number;
  };
  /** How many invites wait for the user. */
  readonly invites: number;
};

export type NodeSeen = {
  /** NODE_NAME. */
  readonly name: string;
  /** Of this one life of the process; empty when it is the whole cluster by itself. */
  readonly incarnation: string;
  readonly role: "gateway" | "shard" | "embedded";
  /** Where clients reach a gateway. */
  readonly address: string;
  readonly shards: number;
  /** What a gateway said last; undefined where nobody connects. */
  readonly connections: number | undefined;
  /** Until its lease ends unless it renews; negative when that has passed. */
  readonly leaseMs: number;
  /** An operator wants it empty. */
  readonly draining: boolean;
  /** It ends. */
  readonly leaving: boolean;
  readonly coordinator: boolean;
  /** It decides by other rules than the node that was asked: their settings differ. */
  readonly otherRules: boolean;
};

export interface AdminPorts {
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** The event loop turns. */
  live(): boolean;
  /** It can serve. */
  ready(): Result<void>;
  /** What `GET /topology` of the players' port says; `host` is the asker's Host header. */
  topology(host: string): unknown;
  rooms(limit: number): Promise<Result<readonly RoomSeen[]>>;
  who(user: string): Promise<Result<UserSeen>>;
  protect(user: string, on: boolean): Promise<Result<void>>;
  /** Everybody in the cluster, by name. */
  nodes(): Promise<Result<readonly NodeSeen[]>>;
  /** Takes shards and connections away from the nodes of this name, or lets them have some again. */
  drain(name: string, on: boolean): Promise<Result<readonly NodeSeen[]>>;
  issue(user: string, ttlSeconds: number): Promise<Result<string>>;
  readonly accounts: AccountPorts;
}
