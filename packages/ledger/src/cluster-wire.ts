/**
 * The bytes that nodes of a cluster exchange: posts in an inbox, frames and beacons to an ear, and
 * what the history keeps of a commit. One file, so that both ends read from one page.
 *
 *     frame    1 · commit f64 · previous f64 · items
 *     beacon   2 · (shard u32 · last commit for this gateway f64 · last commit of all f64)*
 *     passage  length u32 · head [at, gateways, previous, audiences, whose] · items
 *     posts    (author · command)*, each a value of the codec; the author 0 when it is the sender
 *
 * Items are one value of the codec after another.
 */
import type { GatewayId, Millis } from "@roundhouse/kernel";
import type { Passage } from "./backbone.ts";
import type { Codec } from "./codec.ts";

export type Said<Command> = { readonly from: GatewayId; readonly command: Command };

export type FrameHead = { readonly commit: number; readonly previous: number };

/** What is said to an ear about a shard. */
export type Word =
  | ({ readonly on: "frame"; readonly items: Uint8Array } & FrameHead)
  | { readonly on: "beacon"; readonly beams: readonly Beam[] };

/** As of commit `commit` of the shard, `last` was the last one that concerned this gateway. */
export type Beam = { readonly shard: number; readonly last: number; readonly commit: number };

// Posts.

/** How many of the posts fit into one batch: at least one, then by weight and by bytes. */
export type BatchBound = { readonly weight: number; readonly bytes: number };
const UNBOUND: BatchBound = { weight: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

export function packPosts<Command>(
  codec: Codec<Command>,
  posts: readonly Said<Command>[],
  sender: string,
  bound: BatchBound = UNBOUND,
): { readonly bytes: Uint8Array; readonly count: number } {
  const parts: Uint8Array[] = [];
  const own = codec.encode(0);
  let [weight, bytes, count] = [0, 0, 0];
  for (const { from, command } of posts) {
    if (weight >= bound.weight || bytes >= bound.bytes) break;
    const author = from === sender ? own : codec.encode(from);
    const said = codec.encode(command);
    parts.push(author, said);
    weight += codec.weightOf(command);
    bytes += author.length + said.length;
    count++;
  }
  const packed = Buffer.allocUnsafe(bytes);
  fill(packed, 0, parts);
  return { bytes: packed, count };
}

export function decodePosts<Command>(
  codec: Codec<Command>,
  bytes: Uint8Array,
  sender: string,
): readonly Said<Command>[] {
  const flat = codec.decodeAll(bytes);
  const posts: Said<Command>[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const from = flat[index] === 0 ? sender : flat[index];
    posts.push({ from: from as GatewayId, command: flat[index + 1] as Command });
  }
  return posts;
}

// Frames and beacons.

export function encodeFrame(
  { commit, previous }: FrameHead,
  items: readonly Uint8Array[],
): Uint8Array {
  let bytes = FRAME_HEAD;
  for (const item of items) bytes += item.length;
  const frame = Buffer.allocUnsafe(bytes);
  frame[0] = FRAME;
  frame.writeDoubleBE(commit, 1);
  frame.writeDoubleBE(previous, 9);
  fill(frame, FRAME_HEAD, items);
  return frame;
}

export function encodeBeacon(beams: readonly Beam[]): Uint8Array {
  const beacon = Buffer.allocUnsafe(1 + beams.length * BEAM);
  beacon[0] = BEACON;
  let at = 1;
  for (const { shard, last, commit } of beams) {
    beacon.writeUInt32BE(shard, at);
    beacon.writeDoubleBE(last, at + 4);
    beacon.writeDoubleBE(commit, at + 12);
    at += BEAM;
  }
  return beacon;
}

/** undefined: a word of a version that this one does not know. */
export function decodeWord(bytes: Uint8Array): Word | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === FRAME && bytes.length >= FRAME_HEAD) {
    const items = bytes.subarray(FRAME_HEAD);
    return { on: "frame", commit: view.getFloat64(1), previous: view.getFloat64(9), items };
  }
  if (bytes[0] !== BEACON) return undefined;
  const beams: Beam[] = [];
  for (let at = 1; at + BEAM <= bytes.length; at += BEAM) {
    const [last, commit] = [view.getFloat64(at + 4), view.getFloat64(at + 12)];
    beams.push({ shard: view.getUint32(at), last, commit });
  }
  return { on: "beacon", beams };
}

// Passages.

/** An item as bytes, and whom it is for. */
export type Packed = { readonly to: readonly GatewayId[]; readonly bytes: Uint8Array };

export type Tail = readonly [gateway: GatewayId, previous: number];

/** Every item once, however many gateways hear it. */
export function encodePassage(
  codec: Codec<never>,
  { at, tails }: { readonly at: Millis; readonly tails: readonly Tail[] },
  items: readonly Packed[],
): Uint8Array {
  const places = new Map(tails.map(([gateway], index) => [gateway, index]));
  const audiences = new Map<readonly GatewayId[], number>();
  const whose = items.map(({ to }) => {
    const known = audiences.get(to);
    if (known !== undefined) return known;
    audiences.set(to, audiences.size);
    return audiences.size - 1;
  });
  const head = codec.encode([
    at,
    tails.map(([gateway]) => gateway),
    tails.map(([, previous]) => previous),
    [...audiences.keys()].map((to) => to.map((gateway) => places.get(gateway))),
    whose,
  ]);
  let bytes = 4 + head.length;
  for (const item of items) bytes += item.bytes.length;
  const passage = Buffer.allocUnsafe(bytes);
  passage.writeUInt32BE(head.length, 0);
  passage.set(head, 4);
  let end = 4 + head.length;
  for (const item of items) {
    passage.set(item.bytes, end);
    end += item.bytes.length;
  }
  return passage;
}

export type ReadPassage<Item> = {
  readonly commit: number;
  readonly at: Millis;
  readonly items: readonly Item[];
  /** What one gateway was told, and after which commit; undefined when it was told nothing. */
  for(
    gateway: GatewayId,
  ): { readonly previous: number; readonly items: readonly Item[] } | undefined;
};

export function decodePassage<Item>(
  codec: Codec<never>,
  { commit, bytes }: Passage,
): ReadPassage<Item> {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const [at, gateways, previous, audiences, whose] = codec.decode(
    bytes.subarray(4, 4 + length),
  ) as Head;
  const items = codec.decodeAll(bytes.subarray(4 + length)) as readonly Item[];
  return {
    commit,
    at,
    items,
    for: (gateway) => {
      const place = gateways.indexOf(gateway);
      if (place < 0) return undefined;
      const hears = audiences.map((audience) => audience.includes(place));
      const heard = items.filter((_, index) => hears[whose[index] ?? 0] === true);
      return { previous: previous[place] ?? 0, items: heard };
    },
  };
}

type Head = readonly [
  at: Millis,
  gateways: readonly GatewayId[],
  previous: readonly number[],
  audiences: readonly (readonly number[])[],
  whose: readonly number[],
];

function fill(target: Uint8Array, from: number, parts: readonly Uint8Array[]): void {
  let at = from;
  for (const part of parts) {
    target.set(part, at);
    at += part.length;
  }
}

const FRAME = 1;
const BEACON = 2;
const FRAME_HEAD = 17;
const BEAM = 20;
