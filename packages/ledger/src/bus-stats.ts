/** What a node counts of what it says to the shards and hears of them. Plain numbers: a scrape reads them. */
import { LATENCY_SECONDS, Spread } from "@roundhouse/kernel";

export class OutgoingStats {
  appended = 0;
  refused = 0;
  batches = 0;
  /** Batches sent again: their answer was lost, or the inbox was full. */
  unknown = 0;
  full = 0;
  /** Batches that were accepted once and are not in the inbox any more: the backbone lost data. */
  lost = 0;
  /** Seconds from sending a batch to knowing that it is in the inbox. */
  readonly append = new Spread(LATENCY_SECONDS);
  readonly batch = new Spread([1, 2, 5, 10, 25, 50, 100, 250, 1000]);
}

export class IncomingStats {
  frames = 0;
  doubled = 0;
  /** Repairs by what uncovered the hole, and the frames that they brought back. */
  readonly repairs = new Map<string, number>();
  refilled = 0;
  missed = 0;
  /** Frames that follow another one than the last: the shard has lost that, or its fence failed. */
  forked = 0;
}

/** Both sides of one bus. */
export class BusStats {
  readonly outgoing = new OutgoingStats();
  readonly incoming = new IncomingStats();
}
