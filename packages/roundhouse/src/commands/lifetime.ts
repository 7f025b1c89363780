/** A running node's end: by a signal, by a second one, by a crash; each with its exit code. */
import type { ProcessLog } from "../log.ts";
import type { Stoppable } from "../node.ts";
import { FAILED, FINE } from "./command.ts";

export interface Lifetime {
  /** From now on there is something to stop. */
  began(node: Stoppable): void;
  /** Resolves to the exit code once the node has stopped, however that came about. */
  readonly ended: Promise<number>;
}

/** Listens for signals and crashes at once: a signal during the start stops what has started. */
export function openLifetime(log: ProcessLog): Lifetime {
  let began: (node: Stoppable) => void = () => {};
  const node = new Promise<Stoppable>((resolve) => {
    began = resolve;
  });
  const ended = new Promise<number>((resolve) => {
    let stoppingSince: number | undefined;
    const stop = (reason: string, exit: number): void => {
      stoppingSince = Date.now();
      log.say("info", "stopping", { reason });
      stopped(node, reason, log).then((isClean) => resolve(isClean ? exit : FAILED), crashed);
    };
    const signalled = (signal: NodeJS.Signals): void => {
      if (stoppingSince === undefined) return stop(signal, FINE);
      // One Ctrl-C can arrive twice: npm passes on what the terminal has already sent.
      if (signal !== "SIGINT" || Date.now() - stoppingSince < ECHO_MS) return;
      leave(log, INTERRUPTED);
    };
    const crashed = (cause: unknown): void => {
      log.say("fatal", "crashed", factsOf(cause));
      if (stoppingSince !== undefined) return leave(log, FAILED);
      stop("crashed", FAILED);
    };
    process.on("SIGINT", signalled).on("SIGTERM", signalled);
    process.on("uncaughtException", crashed).on("unhandledRejection", crashed);
  });
  return { began, ended };
}

/** False when it failed, or took so long that whoever asked would kill the process anyway. */
async function stopped(
  starting: Promise<Stoppable>,
  reason: string,
  log: ProcessLog,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not stopped after ${STOP_MS} ms`)), STOP_MS);
  });
  try {
    await Promise.race([starting.then((node) => node.stop(reason)), late]);
    log.say("info", "stopped", { reason });
    return true;
  } catch (cause) {
    log.say("error", "stop_failed", factsOf(cause));
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function leave(log: ProcessLog, exit: number): void {
  const exits = (): never => process.exit(exit);
  log.settled().then(exits, exits);
}

/** The top of the stack, on one line: where it broke, and nothing of what was being handled. */
function factsOf(cause: unknown): { readonly cause: string; readonly stack: string } {
  if (!(cause instanceof Error)) return { cause: String(cause), stack: "" };
  const frames = (cause.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const stack = frames
    .slice(0, 3)
    .map((line) => line.trim())
    .join(" ");
  return { cause: `${cause.name}: ${cause.message}`, stack };
}

const INTERRUPTED = 130;
const ECHO_MS = 300;
const STOP_MS = 25_000; // Within the 30 s that Kubernetes gives by default.
