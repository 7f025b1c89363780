/** The log of a process: pino behind the kernel's port. One event and its facts per line. */
import type { Facts, Level, Log } from "@roundhouse/kernel";
import { type DestinationStream, destination, pino } from "pino";

export interface ProcessLog extends Log {
  say(level: Level | "fatal", event: string, facts?: Facts): void;
  /** Writes what still waits, before it returns: for the moment before the process ends. */
  flush(): void;
}

export type LogOptions = {
  readonly level: Level | "fatal" | "silent";
  readonly node: string;
  /** For tests; otherwise standard error, so that standard output stays the user's. */
  readonly to?: DestinationStream;
};

export function openLog({ level, node, to }: LogOptions): ProcessLog {
  const out = to ?? standardError();
  const logger = pino(
    {
      level,
      base: { node },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS, censor: "[redacted]" },
    },
    out,
  );
  return {
    say(at, event, facts) {
      if (logger.isLevelEnabled(at)) logger[at]({ event, ...bounded(facts) });
    },
    flush() {
      if ("flushSync" in out && typeof out.flushSync === "function") out.flushSync();
    },
  };
}

/** Nobody reads it: then at most this much waits, and what comes on top is dropped. */
function standardError(): DestinationStream {
  const out = destination({ dest: 2, sync: false, maxLength: WAITING_BYTES_MAX });
  out.on("error", () => {}); // The reader of a pipe went away; there is nobody left to tell.
  return out;
}

/** A fact is a name or a number. What is longer came from outside and is cut. */
function bounded(facts: Facts = {}): Facts {
  const entries = Object.entries(facts).map(([name, value]) => {
    const long = typeof value === "string" && value.length > FACT_CHARS_MAX;
    return [
      RESERVED.has(name) ? `${name}_` : name,
      long ? `${value.slice(0, FACT_CHARS_MAX)}…` : value,
    ];
  });
  return Object.fromEntries(entries);
}

const WAITING_BYTES_MAX = 4 * 1024 * 1024;
const FACT_CHARS_MAX = 300;
const RESERVED: ReadonlySet<string> = new Set(["level", "time", "node", "event"]);
/** Nobody should log these; should anybody, they are not told. */
const SECRETS = [
  "adminToken",
  "authorization",
  "cookie",
  "jwtSecret",
  "password",
  "resume",
  "secret",
  "token",
];
