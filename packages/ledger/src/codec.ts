/** How commands, items and records become bytes: handed in, because the ledger knows none of them. */

export interface Codec<Command, Item> {
  /** Commands of one batch, each with its author. */
  encodePosts(posts: readonly Said<Command>[]): Uint8Array;
  decodePosts(bytes: Uint8Array): readonly Said<Command>[];
  encodeItem(item: Item): Uint8Array;
  /** Items one after another, as `encodeItem` made them. */
  decodeItems(bytes: Uint8Array): readonly Item[];
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** A command as its author said it; the time comes from the inbox. */
export type Said<Command> = { readonly from: string; readonly command: Command };
