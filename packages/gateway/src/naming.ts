/** Somebody says a name: it is proved where that is demanded, and the user's shard is asked. */
import type { Vouched } from "@roundhouse/domain";
import { fail, type Result, shardOf, type UserId } from "@roundhouse/kernel";
import type { Connection } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Dialogue, Identifying } from "./dialogue.ts";
import type { Inboxes } from "./inboxes.ts";

/** Who a token says somebody is. */
export interface Identity {
  /** Whether every name must be proved, also unregistered ones. */
  readonly isDemanded: boolean;
  /** Whether only operators make accounts. */
  readonly isSignUpClosed?: boolean;
  /**
   * Calls back once, perhaps before it returns: with the account that the token was made for, if it was
   * made for one.
   */
  prove(token: string, user: UserId, then: (proof: Result<Vouched | undefined>) => void): void;
  /** A token that proves this account later; undefined if it signs none. */
  readonly mint?: (user: UserId, account: Vouched) => string | undefined;
}

export type NamingOptions = {
  readonly shards: number;
  readonly identity: Identity;
  readonly crowd: Crowd;
  readonly inboxes: Inboxes;
  readonly dialogue: Dialogue;
};

export class Naming {
  readonly #options: NamingOptions;

  constructor(options: NamingOptions) {
    this.#options = options;
  }

  identify(connection: Connection, { attach, token }: Identifying): void {
    const { dialogue, identity } = this.#options;
    const { request } = attach;
    if (token === undefined) {
      if (!identity.isDemanded) return this.#attach(connection, { ...attach, proven: false });
      return dialogue.refuse(connection, fail("token_missing"), { request });
    }
    identity.prove(token, attach.user, (proof) => {
      if (connection.socket === undefined) return; // It left while its token was looked at.
      if (proof.ok) this.#attach(connection, { ...attach, proven: true, vouched: proof.value });
      else dialogue.refuse(connection, proof, { request });
    });
  }

  #attach(connection: Connection, attach: Attach): void {
    const { crowd, dialogue, inboxes, shards } = this.#options;
    const { request, user } = attach;
    const shard = shardOf(user, shards);
    const appended = inboxes.append(shard, { ...attach, on: "attach" });
    // Who was not even asked for need not be told of when it goes.
    if (appended.ok) crowd.name(connection, { user, home: shard });
    else dialogue.refuse(connection, appended, { request });
  }
}

type Attach = Identifying["attach"] & {
  readonly proven: boolean;
  readonly vouched?: Vouched | undefined;
};
