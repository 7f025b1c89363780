/** Requests whose turn has not come: so many, and so large, for what a stranger makes us keep is memory. */
import { entryOf } from "./methods.ts";
import type { Said } from "./said.ts";
import type { Desk, Session } from "./session.ts";

/**
 * The desk with one more that waits; undefined: there is no room for it. `isCrowded`: so much waits on
 * all connections together that each may keep but little.
 */
export function waitAt<Here extends Desk>(
  desk: Here,
  said: Said,
  isCrowded: boolean,
): Here | undefined {
  const waitingBytes = desk.waitingBytes + weightOf(said);
  if (desk.waiting.length >= WAITING_MAX) return undefined;
  if (waitingBytes > (isCrowded ? CROWDED_BYTES_MAX : WAITING_BYTES_MAX)) return undefined;
  return { ...desk, waiting: [...desk.waiting, said], waitingBytes };
}

/** The desk without the first of them. */
export function call<Here extends Desk>(desk: Here): readonly [Said | undefined, Here] {
  const [first, ...waiting] = desk.waiting;
  if (first === undefined) return [undefined, desk];
  return [first, { ...desk, waiting, waitingBytes: desk.waitingBytes - weightOf(first) }];
}

/** What need be kept of it: of what a stranger must not ask, its number. It is refused in its turn. */
export function keptOf(session: Exclude<Session, { at: "over" }>, said: Said): Said {
  if (said.on === "faulty" || session.at === "live") return said;
  const { method } = said.ask;
  if (entryOf(method).for !== "user" || mayLogIn(session)) return said;
  return { on: "faulty", id: said.id, method, code: "not_logged_in", facts: {} };
}

/** Whether it may be somebody by the time that what comes now has its turn. */
function mayLogIn({ running, waiting }: Desk): boolean {
  if (running.some(({ ask }) => ask.method === "LOG_IN")) return true;
  return waiting.some((said) => said.on === "asked" && said.ask.method === "LOG_IN");
}

/** In memory, about: two bytes for a character. */
function weightOf(said: Said): number {
  const ask = said.on === "asked" ? said.ask : said.doubt;
  let bytes = PLAIN_BYTES;
  for (const value of Object.values(ask ?? {})) {
    if (typeof value === "string") bytes += value.length * 2;
  }
  return bytes;
}

const WAITING_MAX = 256;
const WAITING_BYTES_MAX = 65_536;
const CROWDED_BYTES_MAX = 4_096;
/** One that says nothing but its name. */
const PLAIN_BYTES = 128;
