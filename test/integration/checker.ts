/**
 * Judges what many clients wrote down: pure, and tested itself against logs that are wrong. The names
 * of the faults are those of the invariants in the design: `no_loss`, `no_dup`, `same_order`,
 * `order_per_sender`, `presence_true`; `real_transitions` is decision 9 of the protocol page.
 */

/** An action as its sender said it. `n` rises with every action of one sender. */
export type Said = {
  readonly channel: string;
  readonly from: string;
  readonly n: number;
  /** Whether the server must have taken it: not so if the connection broke right after it. */
  readonly isSure: boolean;
};

/** An action as somebody heard it. */
export type Heard = { readonly seq: number; readonly from: string; readonly n: number };

/** One seat from joining to leaving, over any number of connections. */
export type Stay = {
  readonly user: string;
  readonly channel: string;
  readonly heard: readonly Heard[];
  /** Whether it still sat there when all was quiet: then nothing may be missing at the end. */
  readonly isOpen: boolean;
};

/** What one watcher was told of one user, in order, and what is true now. */
export type Watch = {
  readonly watcher: string;
  readonly user: string;
  readonly told: readonly string[];
  readonly is: string;
};

export type Log = {
  readonly said: readonly Said[];
  readonly stays: readonly Stay[];
  readonly watches: readonly Watch[];
};

/** Everything that is wrong, each beginning with the name of the broken invariant. */
export function faultsIn({ said, stays, watches }: Log): readonly string[] {
  const channels = new Set([...said, ...stays].map(({ channel }) => channel));
  return [
    ...[...channels].flatMap((channel) => {
      const isHere = (it: { readonly channel: string }): boolean => it.channel === channel;
      return faultsOfChannel(said.filter(isHere), stays.filter(isHere));
    }),
    ...watches.flatMap(faultsOfWatch),
  ];
}

type Order = ReadonlyMap<number, Heard>;

function faultsOfChannel(said: readonly Said[], stays: readonly Stay[]): readonly string[] {
  const order = new Map<number, Heard>();
  const faults: string[] = [];
  for (const stay of stays) {
    for (const heard of stay.heard) {
      const known = order.get(heard.seq);
      if (known === undefined) order.set(heard.seq, heard);
      else if (nameOf(known) !== nameOf(heard)) {
        const both = `${nameOf(known)} and ${nameOf(heard)}`;
        faults.push(`same_order: ${stay.channel} ${heard.seq} is ${both}`);
      }
    }
  }
  const sorted = new Map([...order].sort(([a], [b]) => a - b));
  return [
    ...faults,
    ...stays.flatMap((stay) => faultsOfStay(stay, sorted)),
    ...faultsOfSenders(said, [...sorted.values()]),
  ];
}

/** A stay hears a stretch of the order: without a hole, each number once, rising. */
function faultsOfStay({ user, channel, heard, isOpen }: Stay, order: Order): readonly string[] {
  const faults: string[] = [];
  const where = `${user} in ${channel}`;
  const numbers = heard.map(({ seq }) => seq);
  for (const [index, seq] of numbers.entries()) {
    const before = numbers[index - 1] ?? 0;
    if (seq === before) faults.push(`no_dup: ${where} heard ${seq} twice`);
    else if (seq < before) faults.push(`same_order: ${where} heard ${seq} after ${before}`);
  }
  const [first] = numbers;
  if (first === undefined) return faults;
  const last = isOpen ? Number.POSITIVE_INFINITY : (numbers.at(-1) ?? 0);
  const own = new Set(numbers);
  for (const seq of order.keys()) {
    const isMissing = seq >= first && seq <= last && !own.has(seq);
    if (isMissing) faults.push(`no_loss: ${where} did not hear ${seq}`);
  }
  return faults;
}

/** Every action stands in the order once, in its sender's order, and was said at all. */
function faultsOfSenders(said: readonly Said[], order: readonly Heard[]): readonly string[] {
  const faults: string[] = [];
  const taken = new Set<string>();
  const last = new Map<string, number>();
  for (const heard of order) {
    const name = nameOf(heard);
    if (taken.has(name)) faults.push(`no_dup: ${name} stands in the order twice`);
    else if (heard.n < (last.get(heard.from) ?? -1)) {
      faults.push(`order_per_sender: ${name} stands behind ${last.get(heard.from)}`);
    }
    taken.add(name);
    last.set(heard.from, Math.max(heard.n, last.get(heard.from) ?? -1));
  }
  const names = new Set(said.map(nameOf));
  for (const name of taken) if (!names.has(name)) faults.push(`no_dup: nobody said ${name}`);
  for (const it of said) {
    if (it.isSure && !taken.has(nameOf(it))) faults.push(`no_loss: ${nameOf(it)} was not heard`);
  }
  return faults;
}

function faultsOfWatch({ watcher, user, told, is }: Watch): readonly string[] {
  const faults: string[] = [];
  const last = told.at(-1);
  if (last !== is) faults.push(`presence_true: ${watcher} takes ${user} for ${last}, not ${is}`);
  for (const [index, status] of told.entries()) {
    if (index > 0 && status === told[index - 1]) {
      faults.push(`real_transitions: ${watcher} was told twice that ${user} is ${status}`);
    }
  }
  return faults;
}

const nameOf = ({ from, n }: { readonly from: string; readonly n: number }): string => {
  return `${from} ${n}`;
};
