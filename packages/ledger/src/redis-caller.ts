/**
 * Asks Redis for one step, and says what is known of its outcome. Only a reply is certain; where it
 * leads elsewhere, or says that the functions are missing, the step is sent once more.
 */
import type { Answered, Then } from "./backbone.ts";
import { type Argument, type Head, headOf } from "./redis-encode.ts";
import type { Fleet, Place } from "./redis-fleet.ts";
import { isReplyError, type Link } from "./redis-link.ts";
import type { RedisSurroundings } from "./redis-options.ts";
import type { Lane, Primary } from "./redis-primary.ts";
import type { RedisStep } from "./redis-stats.ts";

export type Call<Value> = {
  readonly step: RedisStep;
  readonly place: Place;
  readonly lane: Lane;
  /** The command with its keys, and what follows. */
  readonly head: Head;
  readonly args: readonly Argument[];
  readonly read: (reply: unknown) => Value;
  readonly done: Then<Value>;
  /** The answer when memory is full, where that is one; otherwise it is to be repeated. */
  readonly full?: Value;
};

export type CallerOptions = { readonly fleet: Fleet; readonly surroundings: RedisSurroundings };

export class Caller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  call<Value>(call: Call<Value>): void {
    const { fleet, surroundings } = this.#options;
    const { stats, clock, defer } = surroundings;
    stats.calls[call.step]++;
    const primary = fleet.primaryOf(call.place);
    if (primary === undefined) {
      defer(() => this.#unknown(call, "nobody is known who has it"));
      return;
    }
    if (call.step === "append" || call.step === "commit") {
      const spread = stats.seconds[call.step];
      const sentAt = clock.precise();
      const { done } = call;
      const timed: Then<Value> = (answer) => {
        spread.observe((clock.precise() - sentAt) / 1000);
        done(answer);
      };
      this.#send({ ...call, done: timed }, primary, true);
    } else this.#send(call, primary, true);
  }

  #send<Value>(call: Call<Value>, primary: Primary, isFirst: boolean): void {
    const link = primary.link(call.lane);
    link.call(call.head, call.args, (error, reply) => {
      if (error === null) call.done({ known: true, value: call.read(reply) });
      else this.#failed(call, { primary, link, isFirst, error });
    });
  }

  #failed<Value>(call: Call<Value>, failure: Failure): void {
    const { fleet, surroundings } = this.#options;
    const { primary, link, isFirst, error } = failure;
    if (!isReplyError(error)) {
      fleet.refresh();
      return this.#unknown(call, error.message);
    }
    // Redis has no code for this one; everything else begins with its code.
    const isMissing = error.message.startsWith("ERR Function not found");
    const code = isMissing ? "MISSING" : error.message.split(" ", 1)[0];
    switch (code) {
      case "OOM":
        surroundings.stats.outOfMemory++;
        if (call.full === undefined) break;
        return call.done({ known: true, value: call.full });
      case "MISSING":
        if (isFirst) return this.#load(call, primary);
        break;
      case "MOVED":
      case "ASK":
        if (isFirst) return this.#follow(call, error.message);
        break;
      case "READONLY":
      case "MASTERDOWN":
        link.recycle("it is no primary any more"); // The next connection leads to who is.
        break;
      case "CLUSTERDOWN":
        fleet.refresh();
        break;
      default:
        break;
    }
    this.#unknown(call, error.message);
  }

  /** A new primary, or one that lost its data: whoever notices first loads them. */
  #load<Value>(call: Call<Value>, primary: Primary): void {
    primary.load().then(
      () => this.#send(call, primary, false),
      (cause: unknown) => this.#unknown(call, String(cause)),
    );
  }

  #follow<Value>(call: Call<Value>, message: string): void {
    const { fleet, surroundings } = this.#options;
    const primary = fleet.redirect(call.place, message);
    if (primary === undefined) return this.#unknown(call, message);
    surroundings.stats.redirections++;
    // Only while a slot is moving: who takes it over serves it already for those who say so.
    if (message.startsWith("ASK ")) primary.link(call.lane).call(ASKING, [], () => {});
    this.#send(call, primary, false);
  }

  #unknown<Value>({ step, done }: Call<Value>, why: string): void {
    this.#options.surroundings.stats.unknown[step]++;
    const answer: Answered<Value> = { known: false, why };
    done(answer);
  }
}

const ASKING = headOf("ASKING");

type Failure = {
  readonly primary: Primary;
  readonly link: Link;
  readonly isFirst: boolean;
  readonly error: Error;
};
