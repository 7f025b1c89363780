/**
 * What is published to an ear: on the channel `{rh:<k>}:to:<node>`, one letter and what follows it.
 *
 *     e<previous> <id> <sender> <bytes>   an entry for the owner of shard k
 *     g<epoch>                            shard k is the node's now
 *     s<bytes>                            a frame, a beacon
 *     p<number>                           a probe: whether the ear hears at all
 */
import type { EntryId, Heard, NodeId } from "./backbone.ts";

export const channelOf = (shard: number, node: NodeId): string => `{rh:${shard}}:to:${node}`;

export function shardOfChannel(channel: Buffer): number {
  return Number(channel.toString("latin1", SHARD_AT, channel.indexOf(BRACE)));
}

export function nodeOfChannel(channel: Buffer): NodeId {
  return channel.toString("latin1", channel.lastIndexOf(COLON) + 1) as NodeId;
}

export const probeWith = (number: number): Buffer => Buffer.from(`p${number}`);

/** undefined: it is something else. */
export function numberOfProbe(message: Buffer): number | undefined {
  return message[0] === PROBE ? Number(message.toString("latin1", 1)) : undefined;
}

export function saying(bytes: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(bytes.length + 1);
  message[0] = SAID;
  message.set(bytes, 1);
  return message;
}

/** Nothing is copied. undefined: a word of a version that this one does not know. */
export function readHeard(shard: number, message: Buffer): Heard | undefined {
  switch (message[0]) {
    case SAID:
      return { on: "said", shard, bytes: message.subarray(1) };
    case GRANTED:
      return { on: "granted", shard, epoch: Number(message.toString("latin1", 1)) };
    case ENTRY:
      return readEntry(shard, message);
    default:
      return undefined;
  }
}

function readEntry(shard: number, message: Buffer): Heard | undefined {
  const first = message.indexOf(SPACE);
  const second = message.indexOf(SPACE, first + 1);
  const third = message.indexOf(SPACE, second + 1);
  if (first < 0 || second < 0 || third < 0) return undefined;
  return {
    on: "entry",
    shard,
    entry: {
      id: message.toString("latin1", first + 1, second) as EntryId,
      previous: message.toString("latin1", 1, first) as EntryId,
      sender: message.toString("utf8", second + 1, third),
      bytes: message.subarray(third + 1),
    },
  };
}

const SHARD_AT = "{rh:".length;
const BRACE = 125; // }
const COLON = 58;
const SPACE = 32;
const SAID = 115; // s
const GRANTED = 103; // g
const ENTRY = 101; // e
const PROBE = 112; // p
