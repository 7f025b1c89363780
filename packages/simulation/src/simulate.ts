/** One run: a town, so many deeds, calm, and the verdict. All of it follows from the seed. */
import type { Millis } from "@roundhouse/kernel";
import type { Bug } from "./bugs.ts";
import { Director } from "./director.ts";
import {
  judgeFriends,
  judgeGuests,
  judgeLetters,
  judgeMembers,
  judgeResidents,
} from "./residence-verdict.ts";
import { comeToRest } from "./rest.ts";
import { Town } from "./town.ts";
import { Broken, type Invariant } from "./trace.ts";
import {
  judgeAnswers,
  judgeBonds,
  judgeBounds,
  judgeCalm,
  judgePresence,
  judgeQueues,
  judgeSettled,
} from "./verdict.ts";

export type Run = {
  readonly seed: number;
  readonly steps: number;
  readonly bug?: Bug | undefined;
  /** Keeps everything that travels, to be read. */
  readonly isVerbose?: boolean;
};

export type Outcome = {
  readonly seed: number;
  /** Equal for equal runs. */
  readonly hash: string;
  readonly broken: { readonly invariant: Invariant; readonly what: string } | undefined;
  /** The last that happened. */
  readonly last: readonly string[];
  readonly counts: Counts;
};

/** That something happened at all. */
export type Counts = {
  readonly commits: number;
  readonly accepted: number;
  readonly heard: number;
  readonly nodes: number;
  /** Private messages that were accepted, and notices that were kept for who was away. */
  readonly letters: number;
  readonly kept: number;
  readonly repairs: number;
  readonly seconds: number;
};

export function simulate({ seed, steps, bug, isVerbose = false }: Run): Outcome {
  const town = new Town({ seed, bug, isVerbose });
  const begun = town.time.now();
  let broken: Outcome["broken"];
  try {
    live(town, steps);
  } catch (cause) {
    if (cause instanceof Broken) broken = { invariant: cause.invariant, what: cause.message };
    else broken = { invariant: "no_crash", what: String((cause as Error).stack ?? cause) };
    town.trace.note(`broken: ${broken.invariant}: ${broken.what}`);
  }
  const { trace, time } = town;
  const counts = { ...count(town), seconds: (time.now() - begun) / 1000 };
  return { seed, hash: trace.hash, broken, last: trace.last(), counts };
}

function live(town: Town, steps: number): void {
  const director = new Director(town);
  town.time.pass(1_000);
  for (let step = 0; step < steps; step++) {
    director.step();
    judgeQueues(town);
  }
  town.calm();
  town.time.pass(SETTLED_MS);
  judgeSettled(town);
  for (const client of town.clients) {
    if (!client.isConnected) continue;
    for (const room of client.stays.keys()) client.acts(room);
  }
  pass(town, ANSWERED_MS);
  judgeAnswers(town);
  pass(town, PRESENT_MS);
  judgePresence(town);
  pass(town, QUIET_MS);
  judgeSettled(town);
  pass(town, 0);
  judgeAnswers(town);
  judgePresence(town);
  judgeBonds(town);
  judgeResidence(town);
  judgeBounds(town);
  if (town.mood.isCalm) judgeCalm(town);
}

function judgeResidence(town: Town): void {
  judgeGuests(town);
  judgeFriends(town);
  judgeMembers(town);
  judgeResidents(town);
  judgeLetters(town);
}

/** At its end whatever was committed has arrived: what somebody has not heard then is missing. */
function pass({ time, backbone }: Town, ms: Millis): void {
  time.pass(ms);
  comeToRest(time, () => backbone.eventfulAt);
}

function count(town: Town): Omit<Counts, "seconds"> {
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, it) => all + it, 0);
  return {
    commits: town.backbone.commits,
    accepted: sum(town.clients.map(({ accepted }) => accepted)),
    heard: sum(town.clients.map(({ heard }) => heard)),
    nodes: town.gateways.length + town.shardNodes.length,
    letters: town.registry.accepted,
    kept: town.registry.kept,
    repairs: sum(
      town.gateways.map(({ gateway: { stats } }) => {
        return stats.repairs.digest.begun + stats.repairs.missed.begun;
      }),
    ),
  };
}

/** The design's bound: everything is served again so soon after the last fault. */
const SETTLED_MS = 10_000;
const ANSWERED_MS = 5_000;
/** Presence is true again 18 s after a gateway was killed, and after the grace, if there is one. */
const PRESENT_MS = 5_000;
/** Digests are compared every 10 s. */
const QUIET_MS = 23_000;
