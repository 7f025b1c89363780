/** Passwords are hashed and checked beside the main loop: a few at a time, the others wait in line. */
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
import { openThread, type Task, type Thread } from "./thread.ts";

export interface Passwords {
  /** The argon2id hash in its text form. Calls `then` once, never before it returned. */
  hash(password: string, then: (result: Result<string>) => void): void;
  /**
   * Whether the hash is that password's. Without a hash the answer is false and takes as long: nobody
   * learns from the time that there is no account. Calls `then` once, never before it returned.
   */
  check(password: string, hash: string | undefined, then: (result: Result<boolean>) => void): void;
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
  /** Refused because too many waited. */
  busy = 0;
  /** Threads that ended by themselves. */
  crashes = 0;
}

export type PasswordOptions = {
  /** How many are worked on at the same time. */
  readonly threads: number;
  /** Beyond so many that wait, `passwords_busy` is the answer. */
  readonly waitingMax: number;
  readonly log: Log;
  readonly costs?: Costs;
  /** Begins a thread; none is begun before it is needed. */
  readonly open?: (heard: Parameters<typeof openThread>[0]) => Thread;
};

export function openPasswords(options: PasswordOptions): PasswordQueue {
  return new Queue(options);
}

/** Somebody waits for the answer since `since`. */
type Job = {
  readonly task: Task;
  readonly since: number;
  answer(told: Result<string | boolean>): void;
};

/** A thread and what it works on. */
type Desk = { thread: Thread | undefined; job: Job | undefined; rest: NodeJS.Timeout | undefined };

class Queue implements PasswordQueue {
  readonly stats = new PasswordStats();
  readonly #options: PasswordOptions;
  readonly #costs: Costs;
  readonly #desks: readonly Desk[];
  /** Those that no thread works on yet, in the order in which they came. */
  readonly #line = new Set<Job>();
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

  hash(password: string, then: (result: Result<string>) => void): void {
    this.#ask({ on: "hash", password, costs: costsOf(this.#costs) }, this.stats.hashes, (told) => {
      then(told.ok ? ok(String(told.value)) : told);
    });
  }

  check(password: string, hash: string | undefined, then: (result: Result<boolean>) => void): void {
    const task = { on: "check", password, hash: hash ?? decoyOf(this.#costs) } as const;
    this.#ask(task, this.stats.checks, (told) => {
      then(told.ok ? ok(hash !== undefined && told.value === true) : told);
    });
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const desk of this.#desks) {
      this.#finish(desk, fail("going_away"));
      this.#dismiss(desk);
    }
    for (const job of this.#line) job.answer(fail("going_away"));
    this.#line.clear();
    await Promise.all(this.#ending);
  }

  #ask(task: Task, spread: Spread, then: (told: Result<string | boolean>) => void): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) return queueMicrotask(() => then(fail(refusal)));
    const since = performance.now();
    const answer = (told: Result<string | boolean>): void => {
      spread.observe((performance.now() - since) / 1_000);
      then(told);
    };
    this.#line.add({ task, since, answer });
    this.#next();
  }

  #refusal(): Code | undefined {
    if (this.#isOver) return "going_away";
    if (this.waiting < this.#options.waitingMax) return undefined;
    this.stats.busy++;
    return "passwords_busy";
  }

  /** Whoever has waited longest is next, as soon as a thread is free. */
  #next(): void {
    for (const desk of this.#desks) {
      if (desk.job !== undefined) continue;
      const [job] = this.#line;
      if (job === undefined) return;
      this.#line.delete(job);
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

  #finish(desk: Desk, told: Result<string | boolean>): void {
    const { job } = desk;
    desk.job = undefined;
    job?.answer(told);
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

const REST_MS = 60_000;
