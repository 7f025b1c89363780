/** In the place of argon2: hashes that a test can read, made when the test says so. */
import { fail, ok, type Result } from "@roundhouse/kernel";

export const hashOf = (password: string): string => `hash of ${password}`;

export class FakePasswords {
  /** While it is set, everything waits until `release`. */
  isHeld = false;
  /** While it is set, everything is refused: the line is full. */
  isBusy = false;
  /** What was asked, oldest first. */
  readonly asked: string[] = [];
  /** The addresses that asked, in the same order. */
  readonly from: string[] = [];
  readonly #held = new Set<() => void>();
  readonly #later: (run: () => void) => void;

  /** `later` runs something after the present call, as a thread's answer comes. */
  constructor(later: (run: () => void) => void) {
    this.#later = later;
  }

  hash({ password, from }: Asked, then: (hash: Result<string>) => void): () => void {
    this.from.push(from);
    return this.#answer(`hash ${password}`, then, () => hashOf(password));
  }

  check(
    { password, hash, from }: Asked & { readonly hash: string | undefined },
    then: (isRight: Result<boolean>) => void,
  ): () => void {
    this.from.push(from);
    return this.#answer(`check ${password} against ${hash}`, then, () => hash === hashOf(password));
  }

  /** What waits is answered, the oldest first. */
  release(count = this.#held.size): void {
    for (const run of [...this.#held].slice(0, count)) run();
  }

  /** Whoever gave up does not. */
  get waiting(): number {
    return this.#held.size;
  }

  #answer<Value>(
    asked: string,
    then: (answer: Result<Value>) => void,
    value: () => Value,
  ): () => void {
    this.asked.push(asked);
    const answer = this.isBusy ? fail("passwords_busy") : undefined;
    let isWaiting = true;
    const run = (): void => {
      if (isWaiting) then(answer ?? ok(value()));
      giveUp();
    };
    const giveUp = (): void => {
      isWaiting = false;
      this.#held.delete(run);
    };
    if (this.isHeld) this.#held.add(run);
    else this.#later(run);
    return giveUp;
  }
}

type Asked = { readonly password: string; readonly from: string };
