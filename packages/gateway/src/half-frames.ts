/**
 * Messages that have begun and do not end: what they hold is bounded for all connections together, and
 * none of them may take for ever.
 */
import type { Millis } from "@roundhouse/kernel";

type Half = { bytes: number; readonly since: Millis };

export class HalfFrames<Owner> {
  readonly #halves = new Map<Owner, Half>();
  #bytes = 0;

  /** How much all of them hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /** So much came and no message ended with it. Answers whether there is room for it. */
  grow(owner: Owner, bytes: number, now: Millis): boolean {
    const half = this.#halves.get(owner) ?? { bytes: 0, since: now };
    half.bytes += bytes;
    this.#bytes += bytes;
    this.#halves.set(owner, half);
    // Many small ones are no harm: it is the large ones that fill memory.
    return this.#bytes <= ALL_BYTES_MAX || half.bytes <= FREE_BYTES;
  }

  /** A message ended, or its sender is gone. */
  end(owner: Owner): void {
    this.#bytes -= this.#halves.get(owner)?.bytes ?? 0;
    this.#halves.delete(owner);
  }

  /** Those who take too long. */
  late(now: Millis): readonly Owner[] {
    const late: Owner[] = [];
    for (const [owner, { since }] of this.#halves) if (now - since >= HALF_MS) late.push(owner);
    return late;
  }
}

const ALL_BYTES_MAX = 64 * 1_024 * 1_024;
const FREE_BYTES = 64 * 1_024;
const HALF_MS = 30_000;
