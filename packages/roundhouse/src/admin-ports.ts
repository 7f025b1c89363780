/** What the admin server asks a node. The composition root answers. */
import type { Result } from "@roundhouse/kernel";

export type RoomSeen = {
  readonly id: string;
  readonly shard: number;
  readonly members: number;
  /** The last event's number. */
  readonly seq: number;
  readonly owner: string;
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
  /** True when the name is registered and needs a token in AUTH=open too. */
  readonly protected: boolean;
  /** How many invites wait for the user. */
  readonly invites: number;
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
  issue(user: string, ttlSeconds: number): Promise<Result<string>>;
}
