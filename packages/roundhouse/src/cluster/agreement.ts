/**
 * Whether all nodes were given the same rules. They go on if not: a limit is changed by starting one
 * node after the other with another value, and meanwhile each owner decides by its own. But it is told.
 */
import { createHash } from "node:crypto";
import type { Log } from "@roundhouse/kernel";
import type { Census, Member } from "@roundhouse/ledger";
import { isAlive } from "@roundhouse/shard";
import { rulesOf } from "../parts.ts";
import { isSignUpClosed, type Settings } from "../settings.ts";

/** Of what shards decide by, and of who may come in without a token, or make an account: the same on all nodes. */
export function fingerprintOf(settings: Settings): string {
  const said = JSON.stringify([rulesOf(settings), settings.auth, isSignUpClosed(settings)]);
  return createHash("sha256").update(said).digest("hex").slice(0, FINGERPRINT_LENGTH);
}

/** One that says nothing of its rules is of an older version. */
export const isOther = ({ rules }: Pick<Member, "rules">, own: string): boolean =>
  rules !== undefined && rules !== own;

export class Agreement {
  readonly #own: string;
  readonly #log: Log;
  readonly #told = new Set<string>();

  constructor(own: string, log: Log) {
    this.#own = own;
    this.#log = log;
  }

  /** Those who live and decide by other rules; each is told in the log once. */
  others(census: Census | undefined): readonly Member[] {
    if (census === undefined) return [];
    const others = census.members.filter((it) => isAlive(it, census) && isOther(it, this.#own));
    for (const { node, name, role } of others) {
      if (this.#told.has(node)) continue;
      this.#told.add(node);
      this.#log.say("warn", "rules_differ", { other: name, role });
    }
    // Whoever is gone does not come back under its id.
    const present = new Set<string>(others.map(({ node }) => node));
    for (const node of this.#told) if (!present.has(node)) this.#told.delete(node);
    return others;
  }
}

const FINGERPRINT_LENGTH = 16;
