/** Time: now, later, and until something is so. */
import exec from "k6/execution";

/** In ms with fractions, since this k6 began. */
export const now = (): number => exec.instance.currentTestRunDuration;

export function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms));
  });
}

/** Whether it became so in time. */
export async function reached(look: () => boolean, patienceMs: number): Promise<boolean> {
  const until = now() + patienceMs;
  while (!look()) {
    if (now() > until) return false;
    await passed(LOOK_MS);
  }
  return true;
}

/** Runs something so many times a second until the time is over, without waiting for it. */
export async function atRate(perSecond: number, forMs: number, run: () => void): Promise<void> {
  const from = now();
  let done = 0;
  while (now() - from < forMs) {
    const due = Math.floor(((now() - from) / 1_000) * perSecond) + 1;
    for (; done < due; done++) run();
    await passed(Math.max(1, Math.min(from + (done * 1_000) / perSecond, from + forMs) - now()));
  }
}

const LOOK_MS = 25;
