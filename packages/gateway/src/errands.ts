/**
 * What takes a password, step by step: asked of a shard, hashed or checked beside the main loop, asked
 * again. The shards' answers come back under numbers of our own, so that each is known for what it
 * answers; a protocol sees its own again, and neither hashes nor the steps between.
 */
import type { Command, Proof, Told } from "@roundhouse/domain";
import {
  type Clock,
  type Code,
  type Failure,
  fail,
  type Millis,
  type Result,
  shardOf,
  type UserId,
} from "@roundhouse/kernel";
import type { Errand } from "@roundhouse/protocol";
import type { Connection } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Dialogue, Erring } from "./dialogue.ts";
import { answering, isAnswer } from "./errand-answers.ts";
import * as ask from "./errand-commands.ts";
import type { Inboxes } from "./inboxes.ts";
import type { GiveUp } from "./passwords.ts";
import type { Proving, Trial } from "./proving.ts";
import type { GatewayStats } from "./stats.ts";

export type ErrandsOptions = {
  readonly shards: number;
  readonly clock: Clock;
  readonly proving: Proving;
  readonly crowd: Crowd;
  readonly inboxes: Pick<Inboxes, "append">;
  readonly dialogue: Pick<Dialogue, "refuse">;
  readonly stats: GatewayStats;
  /** The connection goes on as another session: nobody knows whether its present one is attached. */
  readonly renew: (connection: Connection) => void;
  /** A bug of ours met this connection. */
  readonly crashed: (connection: Connection, cause: unknown) => void;
};

type Running = {
  readonly connection: Connection;
  readonly errand: Errand;
  /** The protocol's own, for its answer. */
  readonly request: number | undefined;
  readonly asker: ask.Errander;
  /** What happens if nobody answers until then. */
  late: Code;
  until: Millis;
  /** Out of the line for passwords. */
  giveUp: GiveUp;
  /** Whether an attach was asked for. */
  isAttaching: boolean;
};

export class Errands {
  readonly #options: ErrandsOptions;
  readonly #running = new Map<Connection, Running>();
  #numbers = 0;

  constructor(options: ErrandsOptions) {
    this.#options = options;
  }

  has(connection: Connection): boolean {
    return this.#running.has(connection);
  }

  begin(connection: Connection, { errand, request }: Erring): void {
    const { dialogue, proving, stats } = this.#options;
    const { address, session } = connection;
    const room = ask.roomOf(errand);
    const isBusy = this.#running.has(connection);
    const refusal = isBusy ? "session_busy" : proving.refusal(errand, address.name);
    if (refusal !== undefined) {
      stats.errandEnded(errand.on, refusal);
      return dialogue.refuse(connection, fail(refusal), { request, room });
    }
    const asker = { session, request: --this.#numbers, address: address.name };
    const begun = { late: "shard_unavailable", until: 0, isAttaching: false } as const;
    const running: Running = { connection, errand, request, asker, giveUp: NOTHING, ...begun };
    this.#running.set(connection, running);
    this.#first(running, errand);
  }

  /** What of this is for the protocol, in its own numbers; undefined if it is for us. */
  told(connection: Connection, told: Told): Told | undefined {
    const running = this.#running.get(connection);
    const number = "request" in told ? told.request : undefined;
    if (number !== undefined && number < 0) {
      if (running?.asker.request === number) return this.#answered(running, told);
      return isAnswer(told) ? undefined : answering(told, undefined); // It was given up.
    }
    if (running?.isAttaching !== true) return told;
    // The answer was among lost frames, and what a snapshot tells instead says nothing of the account.
    if (told.on === "attached") return undefined;
    if (told.on !== "ended") return told;
    this.#giveUp(running, told.code);
    return undefined;
  }

  /** Nobody waits for it any more. */
  leave(connection: Connection): void {
    const running = this.#running.get(connection);
    if (running !== undefined) this.#end(running, "left");
  }

  /** About every second: who waited long enough. */
  sweep(now: Millis): void {
    this.#options.proving.sweep(now);
    for (const running of [...this.#running.values()]) {
      if (now >= running.until) this.#giveUp(running, running.late);
    }
  }

  clear(): void {
    for (const { giveUp } of this.#running.values()) giveUp();
    this.#running.clear();
  }

  #first(running: Running, errand: Errand): void {
    const { asker } = running;
    switch (errand.on) {
      case "signUp":
        return this.#hash(running, errand.password, (hash) => {
          this.#ask(running, ask.askSignUp(errand, asker, hash));
        });
      case "create":
      case "adjust": {
        const then = (hash?: string) => this.#ask(running, ask.askRoom(errand, asker, hash));
        if (errand.password === undefined) return then();
        return this.#hash(running, errand.password, then);
      }
      case "logIn":
      case "deleteAccount":
      case "setPassword":
        return this.#ask(running, ask.askCredentials(errand, asker));
      case "enter":
        return this.#ask(running, ask.askEntry(errand, asker));
    }
  }

  #answered(running: Running, told: Told): Told | undefined {
    const { connection, errand, request } = running;
    switch (told.on) {
      case "credentials":
        if (ask.isChecked(errand)) this.#prove(running, errand, told);
        return undefined;
      case "challenge":
        if (errand.on === "enter") this.#challenge(running, errand, told.proof);
        return undefined;
      case "refused":
        if (running.isAttaching) this.#options.crowd.unname(connection);
        this.#end(running, told.code);
        break;
      case "done":
      case "attached":
        this.#end(running, "done");
    }
    return answering(told, request); // Perhaps only the seat in a room that it enters.
  }

  #prove(running: Running, errand: ask.Checked, { born, proof }: Credentials): void {
    const password = ask.givenPassword(errand);
    const user = ask.subjectOf(errand) as UserId;
    this.#check(running, { password, hash: proof?.hash, user }, () => {
      const turn = proof?.turn ?? 0;
      const next = (hash: string): void => {
        const command = ask.askProven(errand, running.asker, { born, turn, hash });
        this.#ask(running, command);
      };
      if (errand.on === "setPassword") this.#hash(running, errand.password, next);
      else next("");
    });
  }

  #challenge(running: Running, errand: ask.Entry, proof: Proof): void {
    const { password } = errand;
    if (password === undefined) return this.#refuse(running, fail("room_password_invalid"));
    const isShutOut = this.#options.proving.isShutOut({
      from: running.asker.address,
      user: undefined,
    });
    if (isShutOut) return this.#refuse(running, fail("attempts_exceeded"));
    this.#check(running, { password, hash: proof.hash, user: undefined }, () => {
      this.#ask(running, ask.askEntry(errand, running.asker, proof));
    });
  }

  #ask(running: Running, command: Command): void {
    const { clock, crowd, inboxes, shards } = this.#options;
    const { connection, errand } = running;
    const subject = ask.subjectOf(errand);
    const shard = shardOf(subject, shards);
    const appended = inboxes.append(shard, command);
    if (!appended.ok) return this.#refuse(running, appended);
    running.late = "shard_unavailable";
    running.until = clock.now() + ANSWER_MS;
    if (command.on !== "attach") return;
    running.isAttaching = true;
    crowd.name(connection, { user: subject as UserId, home: shard });
  }

  #hash(running: Running, password: string, then: (hash: string) => void): void {
    this.#patiently(running);
    const asked = { password, from: running.asker.address };
    running.giveUp = this.#options.proving.hash(asked, (hash) => {
      this.#resume(running, hash, then);
    });
  }

  #check(running: Running, trial: Omit<Trial, "from">, then: () => void): void {
    this.#patiently(running);
    const tried = { ...trial, from: running.asker.address };
    running.giveUp = this.#options.proving.check(tried, (verdict) => {
      this.#resume(running, verdict, then);
    });
  }

  #patiently(running: Running): void {
    running.late = "passwords_busy";
    running.until = this.#options.clock.now() + PASSWORD_MS;
  }

  /** Goes on where it waited for a password, unless nobody waits any more. */
  #resume<Value>(running: Running, result: Result<Value>, then: (value: Value) => void): void {
    const { connection } = running;
    if (this.#running.get(connection) !== running) return;
    try {
      if (result.ok) then(result.value);
      else this.#refuse(running, result);
    } catch (cause) {
      this.#options.crashed(connection, cause);
    }
  }

  #end({ connection, errand, giveUp }: Running, outcome: Code | "done" | "left"): void {
    this.#running.delete(connection);
    giveUp();
    this.#options.stats.errandEnded(errand.on, outcome);
  }

  #refuse(running: Running, failure: Failure): void {
    const { connection, errand, request } = running;
    this.#end(running, failure.code);
    this.#options.dialogue.refuse(connection, failure, { request, room: ask.roomOf(errand) });
  }

  #giveUp(running: Running, code: Code): void {
    const { connection, isAttaching } = running;
    const { session } = connection;
    this.#refuse(running, fail(code));
    // If it is attached after all, nobody will speak for that session.
    const isHere = connection.socket !== undefined && connection.session === session;
    if (isAttaching && isHere) this.#options.renew(connection);
  }
}

type Credentials = Extract<Told, { on: "credentials" }>;

const ANSWER_MS = 10_000;
/** A full line (PASSWORDS_WAITING_MAX) is done by then, also where little is left for passwords. */
const PASSWORD_MS = 120_000;
const NOTHING: GiveUp = () => {};
