/** The log of a process: pino behind the kernel's port. One event and its facts per line. */
import type { Facts, Level, Log } from "@roundhouse/kernel";
import { type DestinationStream, pino } from "pino";
import { openOutput } from "./ordered-output.ts";

export interface ProcessLog extends Log {
  say(level: Level | "fatal", event: string, facts?: Facts): void;
  /** Resolves once everything said is written, or nobody reads it: before the process ends. */
  settled(): Promise<void>;
}

export type LogOptions = {
  readonly level: Level | "fatal" | "silent";
  readonly node: string;
  /** For tests; otherwise standard error, so that standard output stays the user's. */
  readonly to?: DestinationStream;
};

export function openLog({ level, node, to }: LogOptions): ProcessLog {
  const out = openOutput(STANDARD_ERROR, WAITING_CHARS_MAX);
  const logger = pino(
    {
      level,
      base: { node },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS, censor: "[redacted]" },
    },
    to ?? out,
  );
  return {
    say(at, event, facts) {
      if (logger.isLevelEnabled(at)) logger[at]({ event, ...bounded(facts) });
    },
    settled() {
      return new Promise((resolve) => {
        out.settled().then(resolve, resolve);
        setTimeout(resolve, SETTLE_MS);
      });
    },
  };
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

const SETTLE_MS = 1_000;
const STANDARD_ERROR = 2;
const WAITING_CHARS_MAX = 4 * 1024 * 1024;
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
