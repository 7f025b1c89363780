/** What a protocol cannot say, and why. An excuse that no longer holds fails the suite. */
import type { Behaviour } from "./behaviours.ts";

export type Excuse = {
  readonly protocol: string;
  readonly behaviour: Behaviour["name"];
  readonly reason: string;
};

export const excuses: readonly Excuse[] = [
  {
    protocol: "turntable",
    behaviour: "sees others come to a room and leave it, once each",
    reason: "version 1 has no word for it; its page says that it hears game messages alone",
  },
  {
    protocol: "turntable",
    behaviour: "gets what was said in its room while it was away, in order and once",
    reason: "version 1 hears no notices: they stay kept for version 2 and SCRP",
  },
  {
    protocol: "turntable",
    behaviour: "gets a private message of a friend",
    reason: "version 1 hears no notices",
  },
  {
    protocol: "SCRP",
    behaviour: "lets guests in, who are heard like everybody",
    reason: "whoever logs in has an account: the document knows no guests",
  },
  {
    protocol: "SCRP",
    behaviour: "serves two sessions of one user side by side",
    reason: "decision 10: who logs in again logs the older connection off",
  },
];
