/** Where passwords are hashed and checked: beside the main loop, in a bounded line. */
import type { Result } from "@roundhouse/kernel";

/** Each calls back once, later, never before it returns. A full line fails: `passwords_busy`. */
export interface Passwords {
  hash(password: string, then: (hash: Result<string>) => void): void;
  /** Without a hash it takes as long, and the password is wrong: nobody learns which names exist. */
  check(password: string, hash: string | undefined, then: (isRight: Result<boolean>) => void): void;
}
