// With real threads and the real library: a few hashes of the real costs.
import { readdirSync } from "node:fs";
import { getPriority } from "node:os";
import { type Result, silentLog } from "@roundhouse/kernel";
import { afterEach, describe, expect, it } from "vitest";
import { decoyOf, OWN_COSTS } from "./costs.ts";
import { openPasswords, type PasswordQueue } from "./passwords.ts";
import { openThread, type Thread } from "./thread.ts";

let passwords: PasswordQueue = opened();
afterEach(async () => {
  await passwords.close();
  passwords = opened();
});

function opened(): PasswordQueue {
  return openPasswords({ threads: 2, waitingMax: 16, perAddressMax: 0, log: silentLog });
}

const from = "192.0.2.1";
const hashed = (password: string): Promise<Result<string>> =>
  new Promise((resolve) => passwords.hash({ password, from }, resolve));
const checked = (password: string, hash: string | undefined): Promise<Result<boolean>> =>
  new Promise((resolve) => passwords.check({ password, hash, from }, resolve));

async function hashOf(password: string): Promise<string> {
  const told = await hashed(password);
  if (!told.ok) throw new Error(told.code);
  return told.value;
}

describe("argon2id", () => {
  it("makes a hash that names its costs, another one each time", async () => {
    const [one, other] = await Promise.all([hashOf("secret 1"), hashOf("secret 1")]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(other).not.toBe(one);
  });

  it("knows the right password from a wrong one", async () => {
    const hash = await hashOf("secret 1");
    expect(await checked("secret 1", hash)).toEqual({ ok: true, value: true });
    expect(await checked("secret 2", hash)).toEqual({ ok: true, value: false });
    expect(await checked("", hash)).toEqual({ ok: true, value: false });
  });

  it("finds a password wrong where there is none, at the costs of a real one", async () => {
    const [real, decoy] = [await hashOf("secret 1"), decoyOf(OWN_COSTS)];
    const costs = /^(.*\$)[^$]*\$[^$]*$/;
    expect(costs.exec(decoy)?.[1]).toBe(costs.exec(real)?.[1]);
    expect(decoy).toHaveLength(real.length);
    expect(await checked("secret 1", undefined)).toEqual({ ok: true, value: false });
  });

  it("checks hashes of other costs, made here earlier or elsewhere", async () => {
    // Made by another implementation (hash-wasm 4.12).
    const old =
      "$argon2id$v=19$m=256,t=3,p=2$c2l4dGVlbiBieXRlcyEhIQ$YbLoKkMHFLTWDs1KSW7c3kkD2jlNKkqETsW3vuhWM24";
    expect(await checked("old secret", old)).toEqual({ ok: true, value: true });
    expect(await checked("new secret", old)).toEqual({ ok: true, value: false });
  });

  it("fails on what is no hash, and goes on", async () => {
    expect(await checked("secret 1", "garbage")).toMatchObject({ ok: false, code: "internal" });
    expect(await checked("secret 1", await hashOf("secret 1"))).toMatchObject({ value: true });
    expect(passwords.stats.crashes).toBe(0);
  });
});

const threadIds = (): readonly number[] => readdirSync("/proc/self/task").map(Number);

describe("a thread", () => {
  it.runIf(process.platform === "linux")("gives way to the main loop", async () => {
    const before = threadIds();
    await hashOf("secret 1");
    const niceness = threadIds()
      .filter((id) => !before.includes(id))
      .map((id) => getPriority(id));
    expect(niceness).toContain(10);
    expect(getPriority(process.pid)).toBeLessThan(10);
  });

  it("that is ended says so once", async () => {
    const ends: string[] = [];
    const thread = await new Promise<Thread>((resolve) => {
      const opening: Thread = openThread({
        answered: () => resolve(opening),
        ended: (why) => ends.push(why),
      });
      opening.work({ on: "check", password: "x", hash: "garbage" });
    });
    await thread.end();
    expect(ends).toEqual(["exit"]);
  });
});
