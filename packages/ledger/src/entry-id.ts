/** Places in an inbox, compared and read: `<ms>-<n>`, both decimal. */
import type { Millis } from "@roundhouse/kernel";
import type { EntryId } from "./backbone.ts";

/** When the inbox took the entry, by the backbone's clock. */
export const timeOf = (id: EntryId): Millis => Number.parseInt(id, 10);

/** Whether the first place lies behind the second. */
export function isAfter(one: EntryId, other: EntryId): boolean {
  const [time, otherTime] = [timeOf(one), timeOf(other)];
  return time === otherTime ? countOf(one) > countOf(other) : time > otherTime;
}

const countOf = (id: EntryId): number => Number(id.slice(id.indexOf("-") + 1));
