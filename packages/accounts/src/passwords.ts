/**
 * Passwords are hashed and checked beside the main loop: a few at a time, the others wait in a line that
 * is fair to every address.
 */
import {
  type Code,
  fail,
  LATENCY_SECONDS,
  type Log,
  ok,
  type Result,
  Spread,
} from "@roundhouse/kernel";
import { type Costs, costsOf, decoyOf, OWN_COSTS } from "./costs.ts";
import { Line, type Queued } from "./line.ts";
import { openThread, type Task, type Thread } from "./thread.ts";

export type Asked = {
  readonly password: string;
  /** The address that asks, whose turn it takes; undefined: an operator. */
  readonly from: string | undefined;
};

/** Nobody waits for the answer any more: it leaves the line, and is not told. */
export type GiveUp = () => void;

/** Each calls `then` once, never before it returned, unless it is given up. */
export interface Passwords {
  /** The argon2id hash in its text form. */
  hash(asked: Asked, then: (result: Result<string>) => void): GiveUp;
  /**
   * Whether the hash is that password's. Without a hash the answer is false and takes as long: nobody
   * learns from the time that there is no account.
   */
  check(
    asked: Asked & { readonly hash: string | undefined },
    then: (result: Result<boolean>) => void,
  ): GiveUp;
}

export interface PasswordQueue extends Passwords {
  readonly stats: PasswordStats;
  /** How many wait, those that are worked on included. */
  readonly waiting: number;
  /** What waits is refused; resolves when all threads have ended. */
  close(): Promise<void>;
}

export class PasswordStats {
  /** Since they were asked for, in seconds: how long whoever asked waited. */
  readonly hashes = new Spread(LATENCY_SECONDS);
  readonly checks = new Spread(LATENCY_SECONDS);
  /** Refused because the line was full, and because too many of one address stood in it. */
  readonly busy = { full: 0, address: 0 };
  /** Given up by who asked. */
  givenUp = 0;
  /** Threads that ended by themselves. */
  crashes = 0;
}

export type PasswordOptions = {
  /** How many are worked on at the same time. */
  readonly threads: number;
  /** Beyond so many that wait, `passwords_busy` is the answer. */
  readonly waitingMax: number;
  /** The same for those in line of one address; 0: no such limit. */
  readonly perAddressMax: number;
  readonly log: Log;
  readonly costs?: Costs;
  /** Begins a thread; none is begun before it is needed. */
  readonly open?: (heard: Parameters<typeof openThread>[0]) => Thread;
};

export function openPasswords(options: PasswordOptions): PasswordQueue {
  return new Queue(options);
}

type Told = Result<string | boolean>;

/** Somebody waits for the answer since `since`. */
type Job = Queued & {
  readonly task: Task;
  readonly since: number;
  /** Undefined: answered, or given up. */
  answer: ((told: Told) => void) | undefined;
};

/** A thread and what it works on. */
type Desk = { thread: Thread | undefined; job: Job | undefined; rest: NodeJS.Timeout | undefined };

class Queue implements PasswordQueue {
  readonly stats = new PasswordStats();
  readonly #options: PasswordOptions;
  readonly #costs: Costs;
  readonly #desks: readonly Desk[];
  /** Those that no thread works on yet. */
  readonly #line = new Line<Job>();
  /** Threads on their way out. */
  readonly #ending = new Set<Promise<unknown>>();
  #isOver = false;

  constructor(options: PasswordOptions) {
    this.#options = options;
    this.#costs = options.costs ?? OWN_COSTS;
    this.#desks = Array.from({ length: options.threads }, () => {
      return { thread: undefined, job: undefined, rest: undefined };
    });
  }

  get waiting(): number {
    return this.#line.size + this.#desks.filter(({ job }) => job !== undefined).length;
  }

  hash({ password, from }: Asked, then: (result: Result<string>) => void): GiveUp {
    const task = { on: "hash", password, costs: costsOf(this.#costs) } as const;
    return this.#ask(task, from, (told) => then(told.ok ? ok(String(told.value)) : told));
  }

  check(asked: Parameters<Passwords["check"]>[0], then: (result: Result<boolean>) => void): GiveUp {
    const { password, hash, from } = asked;
    const task = { on: "check", password, hash: hash ?? decoyOf(this.#costs) } as const;
    return this.#ask(task, from, (told) => {
      then(told.ok ? ok(hash !== undefined && told.value === true) : told);
    });
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const desk of this.#desks) {
      this.#finish(desk, fail("going_away"));
      this.#dismiss(desk);
    }
    for (const job of this.#line.clear()) tell(job, fail("going_away"));
    await Promise.all(this.#ending);
  }

  #ask(task: Task, from: string | undefined, answer: (told: Told) => void): GiveUp {
    const job: Job = { task, from, isFirst: task.on === "check", since: performance.now(), answer };
    if (this.#isOver) refuse(job, "going_away");
    else if (this.#isGreedy(from)) this.#turnAway(job, "address");
    else if (this.#hasPlace(from)) {
      this.#line.add(job);
      this.#next();
    } else this.#turnAway(job, "full");
    return () => this.#giveUp(job);
  }

  #isGreedy(from: string | undefined): boolean {
    const { perAddressMax } = this.#options;
    return from !== undefined && perAddressMax > 0 && this.#line.held(from) >= perAddressMax;
  }

  /** In a full line whoever came last of the address that asks most makes room for one that asks less. */
  #hasPlace(from: string | undefined): boolean {
    if (this.waiting < this.#options.waitingMax) return true;
    const last = this.#line.lastOfLongest(this.#line.held(from) + 1);
    if (last === undefined) return false;
    this.#line.remove(last);
    this.#turnAway(last, "full");
    return true;
  }

  #turnAway(job: Job, cause: keyof PasswordStats["busy"]): void {
    this.stats.busy[cause]++;
    refuse(job, "passwords_busy");
  }

  /** What a thread works on already it works on; nobody is told. */
  #giveUp(job: Job): void {
    if (job.answer === undefined) return;
    job.answer = undefined;
    this.stats.givenUp++;
    this.#line.remove(job);
  }

  /** As soon as a thread is free. */
  #next(): void {
    for (const desk of this.#desks) {
      if (desk.job !== undefined) continue;
      const job = this.#line.next();
      if (job === undefined) return;
      desk.job = job;
      clearTimeout(desk.rest);
      desk.thread ??= this.#begin(desk);
      desk.thread.work(job.task);
    }
  }

  #begin(desk: Desk): Thread {
    const open = this.#options.open ?? openThread;
    const thread = open({
      answered: (told) => {
        if (desk.thread !== thread) return;
        this.#finish(desk, told);
        this.#next();
        if (desk.job === undefined) this.#rest(desk);
      },
      ended: (why) => {
        if (desk.thread !== thread) return; // It was told to.
        this.stats.crashes++;
        this.#options.log.say("error", "password_thread_ended", { why });
        desk.thread = undefined;
        this.#finish(desk, fail("internal"));
        this.#next(); // By another thread.
      },
    });
    return thread;
  }

  #finish(desk: Desk, told: Told): void {
    const { job } = desk;
    desk.job = undefined;
    if (job?.answer === undefined) return;
    const { checks, hashes } = this.stats;
    const spread = job.task.on === "check" ? checks : hashes;
    spread.observe((performance.now() - job.since) / 1_000);
    tell(job, told);
  }

  /** A thread holds some megabytes, which are given back when nobody logs in any more. */
  #rest(desk: Desk): void {
    desk.rest = setTimeout(() => this.#dismiss(desk), REST_MS).unref();
  }

  #dismiss(desk: Desk): void {
    const { thread } = desk;
    clearTimeout(desk.rest);
    desk.thread = undefined;
    if (thread === undefined) return;
    const ending = thread.end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

function tell(job: Job, told: Told): void {
  const { answer } = job;
  job.answer = undefined;
  answer?.(told);
}

const refuse = (job: Job, code: Code): void => queueMicrotask(() => tell(job, fail(code)));

const REST_MS = 60_000;
