/** What the functions in lua/ take: their keys, and the arguments of a commit. Pure. */
import type { Changes, ShardCommit } from "./backbone.ts";
import type { Argument } from "./redis-link.ts";
import { NOTE } from "./redis-replies.ts";

/** All of a shard lie in one slot of a cluster: what stands in braces decides that. */
export type ShardKeys = {
  readonly state: string;
  readonly in: string;
  readonly live: string;
  readonly kept: string;
  readonly out: string;
  readonly past: string;
};

export function keysOf(shard: number): ShardKeys {
  const tag = `{rh:${shard}}`;
  return {
    state: `${tag}:state`,
    in: `${tag}:in`,
    live: `${tag}:live`,
    kept: `${tag}:kept`,
    out: `${tag}:out`,
    past: `${tag}:past`,
  };
}

/** What concerns all shards together. */
export const CLUSTER_KEYS = {
  members: "{rh}:members",
  dead: "{rh}:dead",
  gone: "{rh}:gone",
  terms: "{rh}:terms",
  drained: "{rh}:drained",
  wishes: "{rh}:wishes",
  constants: "{rh}:constants",
} as const;

/** As lua/commit.lua says. */
export function commitArguments(publish: string, commit: ShardCommit): readonly Argument[] {
  const { notes, live, kept, outbox, history, frames } = commit;
  const counts: string[] = [];
  const items: Argument[] = [];
  if (history !== undefined) items.push(bytesOf(history));
  addNotes(notes, counts, items);
  for (const changes of [live, kept, outbox]) addChanges(changes, counts, items);
  counts.push(String(frames.length));
  for (const { to, bytes } of frames) items.push(to, bytesOf(bytes));
  return [
    publish,
    commit.owner,
    String(commit.epoch),
    commit.from,
    commit.to,
    String(commit.commit - 1),
    String(commit.commit),
    String(Math.max(0, commit.historyFrom)),
    history === undefined ? "0" : "1",
    ...counts,
    ...items,
  ];
}

/** The same bytes as a Buffer: nothing is copied. */
export function bytesOf(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function addNotes(notes: ShardCommit["notes"], counts: string[], items: Argument[]): void {
  const removed: string[] = [];
  let set = 0;
  for (const [key, value] of notes) {
    if (value === undefined) removed.push(NOTE + key);
    else {
      items.push(NOTE + key, value);
      set++;
    }
  }
  counts.push(String(set), String(removed.length));
  for (const key of removed) items.push(key);
}

function addChanges(changes: Changes, counts: string[], items: Argument[]): void {
  const removed: string[] = [];
  let set = 0;
  for (const [key, value] of changes) {
    if (value === undefined) removed.push(key);
    else {
      items.push(key, bytesOf(value));
      set++;
    }
  }
  counts.push(String(set), String(removed.length));
  for (const key of removed) items.push(key);
}
