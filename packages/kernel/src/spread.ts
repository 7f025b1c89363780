/** How often a measure fell where: what a histogram is made of. Plain numbers, cheap to count. */

export class Spread {
  /** Upper bounds of the buckets, rising; what lies above the last is counted behind it. */
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  /** One value, or the same for several at once. */
  observe(value: number, times = 1): void {
    let index = 0;
    while (index < this.bounds.length && value > (this.bounds[index] ?? Infinity)) index++;
    this.counts[index] = (this.counts[index] ?? 0) + times;
    this.sum += value * times;
    this.count += times;
  }
}

/** Seconds, from 50 µs to 10 s: wide enough for a call in the process and for a trouble. */
export const LATENCY_SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  10,
] as const;
