/** Passwords, and who asks for too much of them from one address: wrong ones, and new accounts. */
import { type Clock, type Code, fail, type Millis, ok, type Result } from "@roundhouse/kernel";
import type { Errand } from "@roundhouse/protocol";
import { triesPassword } from "./errand-commands.ts";
import type { Asked, GiveUp, Passwords, Tried } from "./passwords.ts";
import { type SignUpLimits, SignUps } from "./sign-ups.ts";
import { WrongAttempts } from "./wrong-attempts.ts";

type ProvingOptions = {
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly limits: SignUpLimits;
};

export class Proving {
  readonly #passwords: Passwords;
  readonly #clock: Clock;
  readonly #attempts = new WrongAttempts();
  readonly #signUps: SignUps;

  constructor({ passwords, clock, limits }: ProvingOptions) {
    this.#passwords = passwords;
    this.#clock = clock;
    this.#signUps = new SignUps(limits);
  }

  /** Why an address may not ask for that now; if it may, it counts. */
  refusal(errand: Errand, address: string): Code | undefined {
    if (triesPassword(errand) && this.#isExceeded(address)) return "attempts_exceeded";
    if (errand.on !== "signUp" || this.#signUps.take(address, this.#clock.now())) return undefined;
    return "sign_ups_limit";
  }

  hash(asked: Asked, then: (hash: Result<string>) => void): GiveUp {
    return this.#passwords.hash(asked, then);
  }

  check(tried: Tried, then: (verdict: Result<void>) => void): GiveUp {
    const { from, hash } = tried;
    return this.#passwords.check(tried, (checked) => {
      if (checked.ok) then(this.#judge(from, checked.value && hash !== undefined));
      else then(checked);
    });
  }

  sweep(now: Millis): void {
    this.#attempts.sweep(now);
    this.#signUps.sweep(now);
  }

  #isExceeded(address: string): boolean {
    return this.#attempts.isExceeded(address, this.#clock.now());
  }

  /** Who tried too often from one address meanwhile does not learn whether this one was right. */
  #judge(address: string, isRight: boolean): Result<void> {
    if (this.#isExceeded(address)) return fail("attempts_exceeded");
    if (isRight) return ok(undefined);
    this.#attempts.count(address, this.#clock.now());
    return fail("password_wrong");
  }
}
