import { describe, expect, it } from "vitest";
import { linkWords, nextStep } from "./link-words.ts";

describe("the connection in words", () => {
  it.each([
    { state: { at: "idle" }, words: "signed out" },
    { state: { at: "live" }, words: "live" },
    {
      state: { at: "lost", why: "the server restarts", retryInMs: 1_500 },
      words: "lost: the server restarts. Trying again in 1.5 s",
    },
    {
      state: { at: "refused", why: "the token was refused (4401)", code: "" },
      words: "refused: the token was refused (4401)",
    },
  ] as const)("$words", ({ state, words }) => {
    expect(linkWords(state)).toBe(words);
  });
});

describe("the next step", () => {
  const start = {
    live: false,
    inRoom: false,
    friendCount: 0,
    engineCount: 0,
    other: "ben",
    wayHome: "Go home.",
    allHome: false,
  };
  it.each([
    { when: "signed out", now: start, says: "sign in" },
    { when: "in no room", now: { ...start, live: true }, says: "Join a room" },
    {
      when: "alone without friends",
      now: { ...start, live: true, inRoom: true, engineCount: 1 },
      says: "second tab as ben",
    },
    {
      when: "alone with friends",
      now: { ...start, live: true, inRoom: true, engineCount: 1, friendCount: 1 },
      says: "Invite",
    },
    {
      when: "in company",
      now: { ...start, live: true, inRoom: true, engineCount: 2 },
      says: "Go home.",
    },
    {
      when: "all are home",
      now: { ...start, live: true, inRoom: true, engineCount: 2, allHome: true },
      says: "Good night",
    },
  ])("is named when $when", ({ now, says }) => {
    expect(nextStep(now)).toContain(says);
  });
});
