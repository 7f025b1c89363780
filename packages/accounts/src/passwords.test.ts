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
  return openPasswords({ ...BOUNDS, log: silentLog, open, ...options });
}

const BOUNDS = { threads: 2, waitingMax: 100, perAddressMax: 0 };

/** What was answered, in its order. */
function asking(passwords: PasswordQueue) {
  const answers: (readonly [string, Result<unknown>])[] = [];
  const ask = (password: string, from = "here") =>
    passwords.hash({ password, from }, (told) => answers.push([password, told]));
  const check = (password: string, from = "here") =>
    passwords.check({ password, hash: "hash", from }, (told) => answers.push([password, told]));
  return { answers, ask, check };
}

/** All that are worked on, one after the other, in their order. */
function workedOff(): readonly string[] {
  const [thread] = threads;
  for (let done = 0; done < (thread?.tasks.length ?? 0); done++) thread?.heard.answered(ok("hash"));
  return thread?.tasks.map(({ password }) => password) ?? [];
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
    expect(passwords).toMatchObject({ waiting: 3, stats: { busy: { full: 1, address: 0 } } });
  });

  it("may be asked from within an answer", () => {
    const passwords = opened({ threads: 1 });
    const { ask } = asking(passwords);
    passwords.hash({ password: "a", from: "here" }, () => ask("b"));
    threads[0]?.heard.answered(ok("hash"));
    expect(underWay()).toEqual(["b"]);
  });

  it("without a hash are checked against one of the same costs, and are wrong whatever comes out", () => {
    const passwords = opened();
    const answers: unknown[] = [];
    const asked = { password: "a", hash: undefined, from: "here" };
    passwords.check(asked, (told) => answers.push(told));
    expect(threads[0]?.tasks).toEqual([{ on: "check", password: "a", hash: decoyOf(OWN_COSTS) }]);
    threads[0]?.heard.answered(ok(true));
    expect(answers).toEqual([ok(false)]);
  });
});

describe("the line", () => {
  it("takes addresses in turn, however much one of them asks", () => {
    const { ask } = asking(opened({ threads: 1 }));
    for (const password of ["a1", "a2", "a3"]) ask(password, "a");
    ask("b1", "b");
    for (const password of ["c1", "c2"]) ask(password, "c");
    expect(workedOff()).toEqual(["a1", "a2", "b1", "c1", "a3", "c2"]);
  });

  it("takes an address's log-ins before its sign-ups", () => {
    const { ask, check } = asking(opened({ threads: 1 }));
    for (const password of ["new 1", "new 2", "new 3"]) ask(password);
    for (const password of ["known 1", "known 2"]) check(password);
    expect(workedOff()).toEqual(["new 1", "known 1", "known 2", "new 2", "new 3"]);
  });

  it("is not for one address alone: whoever is one too many there is refused, others are not", async () => {
    const passwords = opened({ threads: 1, perAddressMax: 2 });
    const { ask, answers } = asking(passwords);
    for (const password of ["a1", "a2", "a3", "a4"]) ask(password, "a");
    ask("b1", "b");
    for (const password of ["o1", "o2", "o3"]) {
      passwords.hash({ password, from: undefined }, () => {}); // An operator's.
    }
    await Promise.resolve();
    expect(answers).toEqual([["a4", fail("passwords_busy")]]);
    expect(passwords).toMatchObject({ waiting: 7, stats: { busy: { full: 0, address: 1 } } });
    workedOff();
    ask("a5", "a");
    expect(passwords.waiting).toBe(1);
  });

  it("when it is full has the address that asks most make room for one that asks less", async () => {
    const passwords = opened({ threads: 1, waitingMax: 6 });
    const { ask, check, answers } = asking(passwords);
    for (const password of ["a1", "a2", "a3"]) ask(password, "a");
    for (const password of ["b1", "b2"]) ask(password, "b");
    check("a4", "a");
    ask("a5", "a");
    ask("c1", "c");
    ask("b3", "b");
    await Promise.resolve();
    expect(answers).toEqual(["a5", "a3", "b3"].map((it) => [it, fail("passwords_busy")]));
    expect(passwords).toMatchObject({ waiting: 6, stats: { busy: { full: 3, address: 0 } } });
    expect(workedOff()).toEqual(["a1", "a4", "b1", "c1", "a2", "b2"]);
  });
});

describe("whoever gives up", () => {
  it("leaves the line, is not told, and costs no thread anything", () => {
    const passwords = opened({ threads: 1 });
    const { ask, check, answers } = asking(passwords);
    ask("a");
    const leaving = [ask("b"), check("c"), ask("d", "there")];
    ask("e");
    for (const giveUp of leaving) giveUp();
    for (const giveUp of leaving) giveUp();
    expect(passwords).toMatchObject({ waiting: 2, stats: { givenUp: 3 } });
    expect(workedOff()).toEqual(["a", "e"]);
    expect(answers.map(([password]) => password)).toEqual(["a", "e"]);
    expect(passwords.waiting).toBe(0);
  });

  it("while a thread works on it is not told, and the next is", () => {
    const passwords = opened({ threads: 1 });
    const { ask, answers } = asking(passwords);
    const giveUp = ask("a");
    ask("b");
    giveUp();
    expect(passwords.waiting).toBe(2);
    expect(workedOff()).toEqual(["a", "b"]);
    expect(answers).toEqual([["b", ok("hash")]]);
    expect(passwords.stats.hashes.count).toBe(1);
  });

  it("after the answer changes nothing, and is not told of a refusal", async () => {
    const passwords = opened({ threads: 1, perAddressMax: 1 });
    const { ask, answers } = asking(passwords);
    const [first, , third] = [ask("a"), ask("b"), ask("c")];
    threads[0]?.heard.answered(ok("hash"));
    first();
    third?.();
    await Promise.resolve();
    expect(answers).toEqual([["a", ok("hash")]]);
    expect(passwords).toMatchObject({ waiting: 1, stats: { givenUp: 1 } });
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
