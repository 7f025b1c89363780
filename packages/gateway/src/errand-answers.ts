/** What shards answer to a step of an errand, and under which number its protocol sees it. */
import type { Told } from "@roundhouse/domain";

export const answering = (told: Told, request: number | undefined): Told => {
  return { ...told, request } as Told;
};

/** Whether it ends an errand, or a step of one. */
export const isAnswer = ({ on }: Told): boolean => ANSWERS.has(on);
const ANSWERS: ReadonlySet<Told["on"]> = new Set([
  "done",
  "refused",
  "attached",
  "credentials",
  "challenge",
]);
