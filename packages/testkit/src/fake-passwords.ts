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
  readonly #held: (() => void)[] = [];
  readonly #later: (run: () => void) => void;

  /** `later` runs something after the present call, as a thread's answer comes. */
  constructor(later: (run: () => void) => void) {
    this.#later = later;
  }

  hash(password: string, then: (hash: Result<string>) => void): void {
    this.#answer(`hash ${password}`, then, () => hashOf(password));
  }

  check(
    password: string,
    hash: string | undefined,
    then: (isRight: Result<boolean>) => void,
  ): void {
    this.#answer(`check ${password} against ${hash}`, then, () => hash === hashOf(password));
  }

  /** What waits is answered, the oldest first. */
  release(count = this.#held.length): void {
    for (const run of this.#held.splice(0, count)) run();
  }

  get waiting(): number {
    return this.#held.length;
  }

  #answer<Value>(asked: string, then: (answer: Result<Value>) => void, value: () => Value): void {
    this.asked.push(asked);
    const answer = this.isBusy ? fail("passwords_busy") : undefined;
    const run = (): void => then(answer ?? ok(value()));
    if (this.isHeld) this.#held.push(run);
    else this.#later(run);
  }
}
