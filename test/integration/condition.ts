/** Waiting for something to be true: woken by what happens, bounded by a time, never by sleeping. */

/** Long enough for a busy machine: it is only waited out by a test that fails. */
const PATIENCE_MS = 10_000;

type Waiter = {
  readonly check: () => boolean;
};

/** Whoever changes something calls `changed`; whoever waits for it is looked at again then. */
export class Conditions {
  readonly #waiters = new Set<Waiter>();

  changed(): void {
    for (const waiter of this.#waiters) if (waiter.check()) this.#waiters.delete(waiter);
  }

  /** Resolves with the first answer of `look` that is not undefined; `why` says what was there. */
  until<Value>(
    look: () => Value | undefined,
    why: () => string,
    patienceMs = PATIENCE_MS,
  ): Promise<Value> {
    const found = look();
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const check = (): boolean => {
        const value = look();
        if (value === undefined) return false;
        clearTimeout(timer);
        resolve(value);
        return true;
      };
      const waiter = { check };
      this.#waiters.add(waiter);
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`Waited ${patienceMs} ms in vain: ${why()}`));
      }, patienceMs);
    });
  }
}

/** For facts that only asking shows, such as a metric: asks again until the answer is good. */
export async function polled<Value>(
  ask: () => Promise<Value>,
  isGood: (value: Value) => boolean,
): Promise<Value> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const value = await ask();
    if (isGood(value)) return value;
    if (performance.now() > until) {
      throw new Error(`Asked for ${PATIENCE_MS} ms in vain; the last answer: ${inspect(value)}`);
    }
    await pause();
  }
}

const inspect = (value: unknown): string => JSON.stringify(value)?.slice(0, 500) ?? "nothing";
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_MS));
const POLL_MS = 20;
