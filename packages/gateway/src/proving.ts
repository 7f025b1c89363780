/** Passwords, and who asks for too much of them from one address: wrong ones, and new accounts. */
import {
  type Clock,
  type Code,
  fail,
  type Millis,
  ok,
  type Result,
  type UserId,
} from "@roundhouse/kernel";
import type { Errand } from "@roundhouse/protocol";
import { isChecked, subjectOf } from "./errand-commands.ts";
import { Familiar } from "./familiar.ts";
import type { Identity } from "./naming.ts";
import type { Asked, GiveUp, Passwords, Tried } from "./passwords.ts";
import { PerMinute } from "./per-minute.ts";

/** By address; 0: no limit. */
export type ProvingLimits = {
  readonly signUpsPerMinuteMax: number;
  /** On whatever names and rooms. */
  readonly wrongPasswordsPerMinuteMax: number;
};

type ProvingOptions = {
  readonly identity: Pick<Identity, "isSignUpClosed">;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly limits: ProvingLimits;
};

/** Undefined: it is a room's password. */
export type Trial = Tried & { readonly user: UserId | undefined };

export class Proving {
  readonly #passwords: Passwords;
  readonly #clock: Clock;
  readonly #isSignUpClosed: boolean;
  readonly #wrong: PerMinute;
  readonly #signUps: PerMinute;
  readonly #familiar = new Familiar();

  constructor({ identity, passwords, clock, limits }: ProvingOptions) {
    this.#isSignUpClosed = identity.isSignUpClosed === true;
    this.#passwords = passwords;
    this.#clock = clock;
    this.#wrong = new PerMinute(limits.wrongPasswordsPerMinuteMax);
    this.#signUps = new PerMinute(limits.signUpsPerMinuteMax);
  }

  /** Why an address may not ask for that now. A new account counts if it may. */
  refusal(errand: Errand, address: string): Code | undefined {
    const now = this.#clock.now();
    if (errand.on === "signUp") {
      if (this.#isSignUpClosed) return "sign_up_closed";
      if (this.#signUps.isExceeded(address, now)) return "sign_ups_limit";
      this.#signUps.count(address, now);
    }
    if (!isChecked(errand)) return undefined; // Whether a room wants a password nobody knows yet.
    const user = subjectOf(errand) as UserId;
    return this.isShutOut({ from: address, user }) ? "attempts_exceeded" : undefined;
  }

  /** Whether too much was wrong from there, and this user was never right there. */
  isShutOut({ from, user }: Pick<Trial, "from" | "user">): boolean {
    if (user !== undefined && this.#familiar.has(from, user)) return false;
    return this.#wrong.isExceeded(from, this.#clock.now());
  }

  hash(asked: Asked, then: (hash: Result<string>) => void): GiveUp {
    return this.#passwords.hash(asked, then);
  }

  check(trial: Trial, then: (verdict: Result<void>) => void): GiveUp {
    const { password, hash, from } = trial;
    return this.#passwords.check({ password, hash, from }, (checked) => {
      if (checked.ok) then(this.#judge(trial, checked.value && hash !== undefined));
      else then(checked);
    });
  }

  sweep(now: Millis): void {
    this.#wrong.sweep(now);
    this.#signUps.sweep(now);
  }

  /** Who tried too often from one address meanwhile does not learn whether this one was right. */
  #judge(trial: Trial, isRight: boolean): Result<void> {
    const { from, user } = trial;
    if (this.isShutOut(trial)) return fail("attempts_exceeded");
    if (isRight) {
      if (user !== undefined) this.#familiar.add(from, user);
      return ok(undefined);
    }
    this.#wrong.count(from, this.#clock.now());
    return fail("password_wrong");
  }
}
