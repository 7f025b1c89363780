/** Where passwords are hashed and checked: beside the main loop, in a bounded line. */
import type { Result } from "@roundhouse/kernel";

/** `from` is the address that asks: they are taken in turn. */
export type Asked = { readonly password: string; readonly from: string };

/** Nobody waits for the answer any more: it is not told, and what it takes need not be done. */
export type GiveUp = () => void;

/**
 * Each calls back once, later, never before it returns, and never once it is given up. A full line fails:
 * `passwords_busy`.
 */
export interface Passwords {
  hash(asked: Asked, then: (hash: Result<string>) => void): GiveUp;
  /** Without a hash it takes as long, and the password is wrong: nobody learns which names exist. */
  check(asked: Tried, then: (isRight: Result<boolean>) => void): GiveUp;
}

/** Undefined: there is nothing that it could be right for. That takes as long to find out. */
export type Tried = Asked & { readonly hash: string | undefined };
