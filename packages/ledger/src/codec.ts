/** How commands, items and records become bytes: handed in, because the ledger knows none of them. */

export interface Codec<Command> {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
  /** Values one after another, each as `encode` made it. */
  decodeAll(bytes: Uint8Array): readonly unknown[];
  /** Whether the command means that its author is gone for good: nothing is kept for it any more. */
  isFarewell(command: Command): boolean;
  /** How much a command makes its shard do and say, an action being 1: what bounds a batch. */
  weightOf(command: Command): number;
}
