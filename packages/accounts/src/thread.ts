/** One thread of our own that hashes and checks: never one of libuv's, which files and names need. */
import { Worker } from "node:worker_threads";
import { fail, ok, type Result } from "@roundhouse/kernel";
import type { LibraryCosts } from "./costs.ts";

export type Task =
  | { readonly on: "hash"; readonly password: string; readonly costs: LibraryCosts }
  | { readonly on: "check"; readonly password: string; readonly hash: string };

export interface Thread {
  /** One task at a time. */
  work(task: Task): void;
  end(): Promise<unknown>;
}

type Heard = {
  answered(told: Result<string | boolean>): void;
  /** By itself, or as it was told to. */
  ended(why: string): void;
};

/** Neither calls back before it returned. It holds up no end of the process. */
export function openThread({ answered, ended }: Heard): Thread {
  const worker = new Worker(new URL("./argon2-thread.mjs", import.meta.url), { resourceLimits });
  worker.unref();
  let why = "exit";
  worker.on("message", (told: Told) => {
    answered("value" in told ? ok(told.value) : fail("internal"));
  });
  worker.on("error", (cause) => {
    why = cause.message;
  });
  worker.on("exit", () => ended(why));
  return { work: (task) => worker.postMessage(task), end: () => worker.terminate() };
}

/** What argon2-thread.mjs answers. */
type Told = { readonly value: string | boolean } | { readonly failed: true };

/** It runs a few lines of JavaScript; argon2's own memory is not of its heap. */
const resourceLimits = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };
