/** What two people may want next: mostly what can succeed, and often enough what was just undone. */
import type { Chance } from "../load/chance.ts";
import { other, type Who, type Wish, type World } from "./world.ts";

export type Moment = {
  readonly world: World;
  isOnline(who: Who): boolean;
  /** Whether ben knows of a request that he has not answered. */
  readonly knowsRequest: boolean;
  /** Something that was never said before. */
  fresh(word: string): string;
};

type Weighed = { readonly weight: number; readonly deed: Wish };

export function wish(moment: Moment, chance: Chance): Wish {
  const wishes = [
    ...BOTH.flatMap((who) => ofUser(moment, who)),
    ...ofTwo(moment),
    ...ofRoom(moment),
  ];
  let left = chance.below(wishes.reduce((sum, { weight }) => sum + weight, 0));
  for (const { weight, deed } of wishes) {
    if (left < weight) return deed;
    left -= weight;
  }
  throw new Error("There is always something to do.");
}

function ofUser({ world, isOnline, fresh }: Moment, who: Who): readonly Weighed[] {
  const password = world.passwords[who];
  if (password === undefined) {
    return [{ weight: 30, deed: { on: "signUp", who, password: fresh("password") } }];
  }
  if (!isOnline(who)) return [{ weight: 8, deed: { on: "logIn", who, password, kept: undefined } }];
  return [
    { weight: 4, deed: { on: "logOut", who } },
    { weight: 3, deed: { on: "change", who, from: password, to: fresh("password") } },
    { weight: 1, deed: { on: "resign", who, password } },
  ];
}

function ofTwo({ world, isOnline, knowsRequest, fresh }: Moment): readonly Weighed[] {
  const wishes: Weighed[] = [];
  for (const who of BOTH.filter(isOnline)) {
    const isAway = !isOnline(other(who));
    const isSomebody = world.passwords[other(who)] !== undefined;
    const text = fresh("whisper");
    if (isSomebody) {
      const weight = world.areFriends ? 12 : 1;
      wishes.push({ weight, deed: { on: "whisper", who, text, isAway } });
      if (world.areFriends) wishes.push({ weight: 2, deed: { on: "unfriend", who } });
    }
  }
  if (isOnline("ana") && !world.areFriends && !(knowsRequest && world.isAsked)) {
    wishes.push({ weight: 12, deed: { on: "ask" } });
  }
  // A request that waits is answered; one of an account that ended is nobody's wish.
  if (isOnline("ben") && knowsRequest && world.isAsked) {
    wishes.push({ weight: 12, deed: { on: "approve" } }, { weight: 2, deed: { on: "reject" } });
  }
  return wishes;
}

function ofRoom({ world, isOnline, fresh }: Moment): readonly Weighed[] {
  const { room } = world;
  const wishes: Weighed[] = [];
  if (isOnline("ana")) {
    if (room === "none") wishes.push({ weight: 8, deed: { on: "create" } });
    else wishes.push({ weight: 1, deed: { on: "dissolve" } });
    if (room === "both") wishes.push({ weight: 1, deed: { on: "expel", by: "ana" } });
  }
  if (isOnline("ben") && room === "ana") wishes.push({ weight: 8, deed: { on: "enter" } });
  if (isOnline("ben") && room === "both")
    wishes.push({ weight: 1, deed: { on: "expel", by: "ben" } });
  for (const who of BOTH.filter(isOnline)) {
    if (room === "none") continue;
    const isAway = !isOnline(other(who));
    const weight = room === "both" || who === "ana" ? 12 : 1;
    wishes.push({ weight, deed: { on: "say", who, text: fresh("say"), isAway } });
  }
  return wishes;
}

const BOTH = ["ana", "ben"] as const;
