/** Passwords, and who tried too many wrong ones from one address. */
import { type Clock, fail, type Millis, ok, type Result } from "@roundhouse/kernel";
import type { Passwords } from "./passwords.ts";
import { WrongAttempts } from "./wrong-attempts.ts";

type Tried = {
  readonly address: string;
  readonly password: string;
  /** Undefined: there is nothing that it could be right for. That takes as long to find out. */
  readonly hash: string | undefined;
};

export class Proving {
  readonly #passwords: Passwords;
  readonly #clock: Clock;
  readonly #attempts = new WrongAttempts();

  constructor({ passwords, clock }: { readonly passwords: Passwords; readonly clock: Clock }) {
    this.#passwords = passwords;
    this.#clock = clock;
  }

  isExceeded(address: string): boolean {
    return this.#attempts.isExceeded(address, this.#clock.now());
  }

  hash(password: string, then: (hash: Result<string>) => void): void {
    this.#passwords.hash(password, then);
  }

  check({ address, password, hash }: Tried, then: (verdict: Result<void>) => void): void {
    this.#passwords.check(password, hash, (checked) => {
      if (checked.ok) then(this.#judge(address, checked.value && hash !== undefined));
      else then(checked);
    });
  }

  sweep(now: Millis): void {
    this.#attempts.sweep(now);
  }

  /** Who tried too often from one address meanwhile does not learn whether this one was right. */
  #judge(address: string, isRight: boolean): Result<void> {
    if (this.isExceeded(address)) return fail("attempts_exceeded");
    if (isRight) return ok(undefined);
    this.#attempts.count(address, this.#clock.now());
    return fail("password_wrong");
  }
}
