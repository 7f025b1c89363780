import { fail, type Log, ok, type Result, silentLog } from "@roundhouse/kernel";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decoyOf, OWN_COSTS } from "./costs.ts";
import { openPasswords, type PasswordOptions, type PasswordQueue } from "./passwords.ts";
import type { openThread, Task, Thread } from "./thread.ts";

type Heard = Parameters<typeof openThread>[0];

/** A thread that answers when the test says so. */
class FakeThread implements Thread {
  readonly tasks: Task[] = [];
  readonly heard: Heard;
  isEnded = false;

  constructor(heard: Heard) {
    this.heard = heard;
  }

  work(task: Task): void {
    this.tasks.push(task);
  }

  async end(): Promise<void> {
    this.isEnded = true;
  }
}

let threads: FakeThread[];
beforeEach(() => {
  threads = [];
});

function opened(options: Partial<PasswordOptions> = {}): PasswordQueue {
  const open = (heard: Heard): FakeThread => {
    const thread = new FakeThread(heard);
    threads.push(thread);
    return thread;
  };
  return openPasswords({ threads: 2, waitingMax: 100, log: silentLog, open, ...options });
}

/** What was answered, in its order. */
function asking(passwords: PasswordQueue) {
  const answers: (readonly [string, Result<unknown>])[] = [];
  const ask = (password: string): void => {
    passwords.hash(password, (told) => answers.push([password, told]));
  };
  return { answers, ask };
}

const underWay = (): readonly string[] => threads.map((it) => it.tasks.at(-1)?.password ?? "");

describe("passwords", () => {
  it("need no thread before somebody asks, and one for one", () => {
    const { ask } = asking(opened());
    expect(threads).toHaveLength(0);
    ask("a");
    expect(underWay()).toEqual(["a"]);
  });

  it("are worked on two at a time, the others in the order in which they came", () => {
    const { ask, answers } = asking(opened());
    for (const password of ["a", "b", "c", "d"]) ask(password);
    expect(underWay()).toEqual(["a", "b"]);
    threads[1]?.heard.answered(ok("hash of b"));
    expect(underWay()).toEqual(["a", "c"]);
    threads[1]?.heard.answered(ok("hash of c"));
    threads[0]?.heard.answered(ok("hash of a"));
    expect(underWay()).toEqual(["a", "d"]);
    expect(answers).toEqual([
      ["b", ok("hash of b")],
      ["c", ok("hash of c")],
      ["a", ok("hash of a")],
    ]);
    expect(threads).toHaveLength(2);
  });

  it("beyond the bound are refused, those that are worked on included; never inside the call", async () => {
    const passwords = opened({ waitingMax: 3 });
    const { ask, answers } = asking(passwords);
    for (const password of ["a", "b", "c", "d"]) ask(password);
    expect({ waiting: passwords.waiting, answers }).toEqual({ waiting: 3, answers: [] });
    await Promise.resolve();
    expect(answers).toEqual([["d", fail("passwords_busy")]]);
    threads[0]?.heard.answered(ok("hash"));
    ask("e");
    expect(passwords).toMatchObject({ waiting: 3, stats: { busy: 1 } });
  });

  it("may be asked from within an answer", () => {
    const passwords = opened({ threads: 1 });
    const { ask } = asking(passwords);
    passwords.hash("a", () => ask("b"));
    threads[0]?.heard.answered(ok("hash"));
    expect(underWay()).toEqual(["b"]);
  });

  it("without a hash are checked against one of the same costs, and are wrong whatever comes out", () => {
    const passwords = opened();
    const answers: unknown[] = [];
    passwords.check("a", undefined, (told) => answers.push(told));
    expect(threads[0]?.tasks).toEqual([{ on: "check", password: "a", hash: decoyOf(OWN_COSTS) }]);
    threads[0]?.heard.answered(ok(true));
    expect(answers).toEqual([ok(false)]);
  });
});

describe("a thread that ends by itself", () => {
  it("fails what it worked on, and another one goes on", () => {
    const say = vi.fn<Log["say"]>();
    const passwords = opened({ threads: 1, log: { say } });
    const { ask, answers } = asking(passwords);
    ask("a");
    ask("b");
    threads[0]?.heard.ended("out of memory");
    expect(answers).toEqual([["a", fail("internal")]]);
    expect(threads[1]?.tasks).toMatchObject([{ password: "b" }]);
    threads[0]?.heard.answered(ok("too late"));
    expect(answers).toHaveLength(1);
    threads[1]?.heard.answered(ok("hash of b"));
    expect(answers.at(-1)).toEqual(["b", ok("hash of b")]);
    expect(passwords.stats.crashes).toBe(1);
    expect(say).toHaveBeenCalledWith("error", "password_thread_ended", { why: "out of memory" });
  });

  it("while it rests is missed by nobody", () => {
    const { ask, answers } = asking(opened({ threads: 1 }));
    ask("a");
    threads[0]?.heard.answered(ok("hash of a"));
    threads[0]?.heard.ended("exit");
    ask("b");
    threads[1]?.heard.answered(ok("hash of b"));
    expect(answers).toEqual([
      ["a", ok("hash of a")],
      ["b", ok("hash of b")],
    ]);
  });
});

describe("a thread without work", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("ends after a minute, and another one begins when somebody asks again", () => {
    const { ask } = asking(opened({ threads: 1 }));
    ask("a");
    threads[0]?.heard.answered(ok("hash"));
    vi.advanceTimersByTime(59_999);
    expect(threads[0]?.isEnded).toBe(false);
    vi.advanceTimersByTime(1);
    expect(threads[0]?.isEnded).toBe(true);
    ask("b");
    expect(threads[1]?.tasks).toMatchObject([{ password: "b" }]);
  });

  it("rests anew after each", () => {
    const { ask } = asking(opened({ threads: 1 }));
    ask("a");
    threads[0]?.heard.answered(ok("hash"));
    vi.advanceTimersByTime(59_999);
    ask("b");
    vi.advanceTimersByTime(120_000);
    expect(threads[0]?.isEnded).toBe(false);
  });
});

describe("closing", () => {
  it("refuses what waits and what comes, and ends the threads", async () => {
    const passwords = opened({ threads: 1 });
    const { ask, answers } = asking(passwords);
    ask("a");
    ask("b");
    await passwords.close();
    ask("c");
    await Promise.resolve();
    expect(answers).toEqual(["a", "b", "c"].map((it) => [it, fail("going_away")]));
    expect(threads.map(({ isEnded }) => isEnded)).toEqual([true]);
  });
});
