// What runs in a thread of passwords.ts: argon2id, at a low priority. JavaScript, because Node 20
// begins no thread with a TypeScript file.
import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { hashSync, verifySync } from "@node-rs/argon2";

/**
 * Threads are nameable on Linux only; there the main loop, and with it every game, goes first.
 * Elsewhere a storm of log-ins is as important as a game.
 */
function giveWay() {
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // No such thing here, or not allowed: slower for others, not wrong.
  }
}

/** @param {import("./thread.ts").Task} task */
function perform(task) {
  switch (task.on) {
    case "hash":
      return hashSync(task.password, task.costs); // argon2id and a random salt are its defaults.
    case "check":
      return verifySync(task.hash, task.password);
  }
}

giveWay();
parentPort?.on("message", (/** @type {import("./thread.ts").Task} */ task) => {
  try {
    parentPort?.postMessage({ value: perform(task) });
  } catch {
    parentPort?.postMessage({ failed: true }); // A hash that is none; what it was is told to nobody.
  }
});
