/**
 * Looks every few seconds at what the peers of streams owe, as long as there is one that was sent
 * something and was not seen to have it. On Linux: elsewhere nobody tells.
 */
import { close, open, read } from "node:fs";
import { promisify } from "node:util";
import type { Clock, Log } from "@roundhouse/kernel";
import { type Doubt, judge } from "./silence.ts";
import { keyIn, type Place, socketIn, type Table } from "./socket-table.ts";

export interface Watched {
  /** Where the kernel tells of it; undefined if it was closed before it was open here. */
  readonly place: Place | undefined;
  /** By `clock.precise`: it lived then. Whoever learns of a later moment says so here. */
  aliveAt: number;
  /** When it was last sent something. */
  readonly sentAt: number;
  /** It lives no more: it is given up at once. */
  vanish(): void;
}

export type StreamWatchOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly silenceMs: number;
  /** Where /proc/net is. */
  readonly folder?: string;
};

type Suspect = { doubt: Doubt | undefined };
/** As it was when the look began. */
type Asked = { readonly stream: Watched; readonly suspect: Suspect; readonly sentAt: number };

export class StreamWatch {
  readonly #options: StreamWatchOptions;
  readonly #suspects = new Map<Watched, Suspect>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #isClosed = false;
  #hasFailed = false;

  constructor(options: StreamWatchOptions) {
    this.#options = options;
  }

  /** Those of whom nobody knows whether they have what they were sent. */
  get suspects(): number {
    return this.#suspects.size;
  }

  /** Costs next to nothing: it is called for every write. */
  sent(stream: Watched): void {
    if (this.#suspects.has(stream)) return;
    this.#suspects.set(stream, { doubt: undefined });
    this.#plan(LOOK_MS);
  }

  leave(stream: Watched): void {
    this.#suspects.delete(stream);
  }

  close(): void {
    this.#isClosed = true;
    this.#suspects.clear();
    clearTimeout(this.#timer);
  }

  #plan(ms: number): void {
    if (this.#timer !== undefined || this.#isLooking || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#suspects.size > 0) void this.#look();
    }, ms).unref();
  }

  /** One at a time, and the longer it takes the less often, however many sockets the machine has. */
  async #look(): Promise<void> {
    const { clock, log } = this.#options;
    const begun = clock.precise();
    this.#isLooking = true;
    try {
      for (const [table, asked] of this.#asked()) await this.#ask(table, asked);
      this.#hasFailed = false;
    } catch (cause) {
      if (!this.#hasFailed) log.say("warn", "socket_table", { cause: String(cause) });
      this.#hasFailed = true;
    }
    this.#isLooking = false;
    const tookMs = clock.precise() - begun;
    if (this.#suspects.size > 0) this.#plan(Math.max(LOOK_MS, tookMs * REST));
  }

  #asked(): ReadonlyMap<Table, ReadonlyMap<string, Asked>> {
    const tables = new Map<Table, Map<string, Asked>>();
    for (const [stream, suspect] of this.#suspects) {
      const { place, sentAt } = stream;
      if (place === undefined) continue;
      const asked = tables.get(place.table) ?? new Map<string, Asked>();
      tables.set(place.table, asked);
      asked.set(place.key, { stream, suspect, sentAt });
    }
    return tables;
  }

  async #ask(table: Table, asked: ReadonlyMap<string, Asked>): Promise<void> {
    const path = `${this.#options.folder ?? "/proc/net"}/${table}`;
    await readLines(path, (line) => {
      const one = asked.get(keyIn(line, table) ?? "");
      if (one !== undefined && this.#suspects.get(one.stream) === one.suspect) {
        this.#judge(one, line);
      }
    });
  }

  #judge({ stream, suspect, sentAt }: Asked, line: string): void {
    const { clock, silenceMs } = this.#options;
    const seen = socketIn(line);
    if (seen === undefined) return;
    const { aliveAt } = stream;
    const look = { at: clock.precise(), seen, before: suspect.doubt, aliveAt, sentAt };
    const finding = judge(look, silenceMs);
    if (finding.is === "vanished") {
      this.#suspects.delete(stream);
      stream.vanish();
      return;
    }
    stream.aliveAt = finding.aliveAt;
    suspect.doubt = finding.is === "doubtful" ? finding.doubt : undefined;
    // What it was sent since the look began is not in it.
    if (finding.is === "well" && stream.sentAt === sentAt) this.#suspects.delete(stream);
  }
}

/** A page of the table at a time, which is what the kernel hands out: nobody waits for all of it. */
async function readLines(path: string, take: (line: string) => void): Promise<void> {
  const file = await opened(path, "r");
  const page = Buffer.allocUnsafe(PAGE_BYTES);
  let rest = "";
  try {
    await new Promise<void>((resolve, reject) => {
      const taken = (cause: Error | null, bytes: number): void => {
        if (cause !== null) return reject(cause);
        if (bytes === 0) return resolve();
        const lines = (rest + page.toString("latin1", 0, bytes)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) take(line);
        next();
      };
      // By callbacks: with promises the same pages cost three times as much.
      const next = (): void => read(file, page, 0, PAGE_BYTES, null, taken);
      next();
    });
  } finally {
    await closed(file);
  }
}

const opened = promisify(open);
const closed = promisify(close);
const PAGE_BYTES = 16_384;
const LOOK_MS = 3_000;
/** Of the time, a look takes at most one part in so many. */
const REST = 20;
