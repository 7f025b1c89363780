/** How much may still be done now: a bucket that fills with time. Changed in place by its owner. */
import type { Millis } from "@roundhouse/kernel";

export type Allowance = { left: number; at: Millis };

export type Pace = { readonly perSecond: number; readonly atOnce: number };

export const openAllowance = ({ atOnce }: Pace): Allowance => ({ left: atOnce, at: 0 });

/** Takes so much if anything is left: so even what is more than the whole bucket passes, now and then. */
export function spend(allowance: Allowance, cost: number, pace: Pace, now: Millis): boolean {
  const passed = Math.max(0, now - allowance.at) / 1_000;
  allowance.at = Math.max(now, allowance.at);
  allowance.left = Math.min(allowance.left + passed * pace.perSecond, pace.atOnce);
  if (allowance.left <= 0) return false;
  allowance.left -= cost;
  return true;
}
