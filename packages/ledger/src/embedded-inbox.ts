/** One shard's inbox in the embedded ledger: a queue, and what is known of its batch in work. */
import type { Owner, Post } from "./ledger.ts";

export type Inbox<Command> = {
  readonly shard: number;
  owner: Owner<Command> | undefined;
  waiting: Post<Command>[];
  /** Keys of what lasts among those that wait, and among those in work: their commit removes it. */
  lasting: string[];
  settling: readonly string[];
  /** When the oldest waiting post came. */
  since: number;
  /** When the batch in work was taken, and how many commands it holds. */
  takenAt: number;
  taken: number;
  /** Since when the store does not take its commit; 0: it does. */
  stuckAt: number;
  isBusy: boolean;
  isReady: boolean;
};

export function openInbox<Command>(shard: number): Inbox<Command> {
  return {
    shard,
    owner: undefined,
    waiting: [],
    lasting: [],
    settling: NO_KEYS,
    since: 0,
    takenAt: 0,
    taken: 0,
    stuckAt: 0,
    isBusy: false,
    isReady: false,
  };
}

/** Everything that waits, as the batch to be decided next. */
export function takeAll<Command>(inbox: Inbox<Command>, now: number): readonly Post<Command>[] {
  const posts = inbox.waiting;
  inbox.waiting = [];
  inbox.takenAt = now;
  inbox.taken = posts.length;
  inbox.isReady = false;
  inbox.isBusy = true;
  if (inbox.lasting.length > 0) {
    inbox.settling = inbox.lasting;
    inbox.lasting = [];
  } else inbox.settling = NO_KEYS;
  return posts;
}

export const NO_KEYS: readonly string[] = [];
