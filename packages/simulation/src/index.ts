/** The whole cluster in one process, from one seed. */
export { type Bug, bugs, isBug } from "./bugs.ts";
export { type Counts, type Outcome, type Run, simulate } from "./simulate.ts";
export type { Invariant } from "./trace.ts";
