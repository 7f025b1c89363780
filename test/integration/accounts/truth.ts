/**
 * Judges what two people wrote down over any number of crashes: there must be one history in which
 * every answer is true. Pure, and tested itself against journals that are wrong.
 */
import { type Answer, after, type Deed, nothing, type World } from "./world.ts";

/** What was done, and what was answered. */
export type Step = {
  readonly deed: Deed;
  readonly answer: Answer;
  /** Of an answer to a message. */
  readonly id?: number;
};

/** Follows a journal while it is written: `step` answers with what is wrong with it. */
export class Witness {
  readonly journal: Step[] = [];
  /** All that are possible; never empty. */
  worlds: readonly World[] = [nothing];

  step(step: Step): string | undefined {
    this.journal.push(step);
    const next = this.worlds.flatMap((world) => after(world, step.deed, step.answer));
    if (next.length === 0) return this.#faultOf(step);
    this.worlds = unique(next);
    return undefined;
  }

  /** The one to go by, where several are possible. */
  get world(): World {
    return this.worlds[0] ?? nothing;
  }

  #faultOf({ deed, answer }: Step): string {
    const worlds = this.worlds.map((world) => JSON.stringify(world));
    return [
      `${nameOf(deed)}: ${JSON.stringify(deed)} cannot be answered by ${answer ?? "nothing"}`,
      ...["in any of", ...worlds, ...this.last()],
    ].join("\n  ");
  }

  /** What was written down last, for whoever wants to know why. */
  last(): readonly string[] {
    return ["after", ...this.journal.slice(-SHOWN_MAX).map((step) => JSON.stringify(step))];
  }
}

/** What is wrong in a whole journal, each beginning with the name of what was broken. */
export function faultsIn(journal: readonly Step[]): readonly string[] {
  const witness = new Witness();
  for (const step of journal) {
    const fault = witness.step(step);
    if (fault !== undefined) return [fault]; // What follows would only follow from it.
  }
  return [];
}

/** No two messages may have one number, whoever said them, before and after any crash. */
export function repeatedIds(journals: readonly (readonly Step[])[]): readonly string[] {
  const texts = new Map<number, string>();
  const faults: string[] = [];
  for (const { deed, id } of journals.flat()) {
    if (id === undefined) continue;
    const said = JSON.stringify(deed);
    const before = texts.get(id);
    if (before !== undefined) faults.push(`ids: ${id} is ${before} and ${said}`);
    texts.set(id, said);
  }
  return faults;
}

/** Which promise a deed stands for. */
function nameOf({ on }: Deed): string {
  switch (on) {
    case "killed":
    case "signUp":
    case "logIn":
    case "logOut":
    case "change":
    case "resign":
      return "account";
    case "ask":
    case "approve":
    case "reject":
    case "unfriend":
    case "whisper":
      return "friends";
    case "create":
    case "enter":
    case "expel":
    case "dissolve":
    case "say":
      return "room";
  }
}

function unique(worlds: readonly World[]): readonly World[] {
  return [...new Map(worlds.map((world) => [JSON.stringify(world), world])).values()];
}

const SHOWN_MAX = 40;
