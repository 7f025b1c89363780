// The restless among the members: some leave a room and come again, some break off without a word, some
// say goodbye and return. The others stay as long as they are let.

/** @import { Chance } from "./chance.mjs" */
/** @import { Member } from "./member.mjs" */

/** Whether it does anything unexpected at all. */
export const isRestless = (/** @type {Member} */ { number }) =>
  NATURES[number % NATURES.length] !== undefined;

/**
 * Perhaps does the next thing that lies in a member's nature.
 * @param {Member} member
 * @param {Chance} chance
 * @param {number} now
 */
export function stir(member, chance, now) {
  const nature = NATURES[member.number % NATURES.length];
  if (nature === undefined || now - member.stirredAt < PAUSE_MS) return;
  if (member.isGone) {
    member.stirredAt = now;
    return member.enter();
  }
  if (!member.isPresent || member.waitsFor > 0) return;
  member.stirredAt = now;
  const missing = member.home.find((room) => !member.seats.has(room));
  if (missing !== undefined) return ask(member.join(missing));
  switch (nature) {
    case "wanders": {
      const room = chance.one(member.home);
      return room === undefined ? undefined : ask(member.leave(room));
    }
    case "breaks off":
      return member.drop();
    case "says goodbye":
      return member.depart();
  }
}

/** What comes of it is in the journal. @param {Promise<boolean>} answer */
const ask = (answer) => void answer.catch(() => undefined);

/** By the last digit of a member's number; the rest is steady. @type {readonly (string | undefined)[]} */
const NATURES = [
  "wanders",
  "breaks off",
  "says goodbye",
  ...Array.from({ length: 7 }, () => undefined),
];

/** Long enough to be missed: presence is due within a second. */
const PAUSE_MS = 1_600;
