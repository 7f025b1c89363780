/** When to try again after a lost connection, and when not to: pure, chance is an argument. */

/** Twice as long each time, up to a quarter of a minute, and never all clients at once. */
export function retryDelayMs(attempt: number, chance: number): number {
  const longest = Math.min(DELAY_MS_MAX, DELAY_MS_FIRST * 2 ** Math.min(attempt, 16));
  return Math.round(longest * (0.5 + chance / 2));
}

const DELAY_MS_FIRST = 500;
const DELAY_MS_MAX = 15_000;

export type Ending = { readonly why: string; readonly retry: boolean };

/** What a close code means for a person, and whether trying again can help. */
export function endingOf(code: number, reason: string): Ending {
  const known = ENDINGS[code];
  const [words, retry] = known ?? [`the connection ended (${code})`, true];
  return { why: reason === "" ? words : `${words}: ${reason}`, retry };
}

const ENDINGS: Readonly<Record<number, readonly [words: string, retry: boolean]>> = {
  1000: ["the server closed the connection", true],
  1001: ["the server goes away", true],
  1006: ["the server cannot be reached", true],
  1008: ["the server refused what was said (1008)", false],
  1009: ["a message was too large (1009)", true],
  1011: ["the server made a mistake (1011)", true],
  1012: ["the server restarts", true],
  4400: ["a frame was not understood (4400)", true],
  4401: ["the name was not proven (4401)", false],
  4402: ["the name was refused (4402)", false],
  4403: ["this page or account is not let in there (4403)", false],
  4404: ["the subprotocol is unknown there (4404)", false],
  4408: ["the server heard no name in time (4408)", true],
  4409: ["this name signed in somewhere else (4409)", false],
  4411: ["this name has too many connections (4411)", false],
  4429: ["too many messages too fast (4429)", true],
  4430: ["this page read too slowly (4430)", true],
  4482: ["the server is full (4482)", true],
  4483: ["too many connections come from here (4483)", true],
};
