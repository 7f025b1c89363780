/**
 * Questions of an operator to the shards: each goes through an inbox, as everything does. It listens
 * beside the gateway whose name it asks in; only its own questions are answered to an operator.
 */
import type { Answer, Command, Item } from "@roundhouse/domain";
import { fail, type GatewayId, ok, type Result, shardOf, type UserId } from "@roundhouse/kernel";
import type { Bus } from "@roundhouse/ledger";

/** What an operator may ask about an account. */
export type AccountQuestion = Extract<
  Command,
  { on: "signUp" | "setPassword" | "ban" | "deleteAccount" | "export" }
>;
/** An operator has no session. */
type AboutAccount = AccountQuestion & { readonly session: undefined };

type Asking =
  | AboutAccount
  | { readonly on: "who"; readonly user: UserId }
  | { readonly on: "guard"; readonly user: UserId; readonly guarded: boolean }
  | { readonly on: "rooms"; readonly limit: number }
  /** Answered with `pong`: the whole way there and back works. */
  | { readonly on: "ping" };

export class Inquiry {
  readonly #bus: Bus<Command, Item>;
  readonly #id: GatewayId;
  readonly #shards: number;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #unhear: () => void;
  #requests = 0;

  constructor(bus: Bus<Command, Item>, options: { id: GatewayId; shards: number }) {
    this.#bus = bus;
    this.#id = options.id;
    this.#shards = options.shards;
    this.#unhear = bus.hear(options.id, {
      frame: ({ items }) => {
        for (const item of items) if (item.to === "operator") this.#answered(item);
      },
      missed: () => {}, // Whoever asked is told that nobody answered.
    });
  }

  /** Asks the shard of a user. */
  ask(asking: Extract<Asking, { user: UserId }>): Promise<Result<Answer>> {
    return this.askShard(shardOf(asking.user, this.#shards), asking);
  }

  askShard(shard: number, asking: Asking): Promise<Result<Answer>> {
    const request = ++this.#requests;
    return new Promise((resolve) => {
      const asked = this.#bus.append(shard, this.#id, { ...asking, request });
      if (!asked.ok) return resolve(asked);
      // A shard that cannot commit answers late or not at all: nobody waits for that.
      const patience = setTimeout(() => {
        this.#waiting.delete(request);
        resolve(fail("shard_unavailable", { shard }));
      }, PATIENCE_MS);
      this.#waiting.set(request, (answer) => {
        clearTimeout(patience);
        resolve(ok(answer));
      });
    });
  }

  close(): void {
    this.#unhear();
  }

  #answered(item: Extract<Item, { to: "operator" }>): void {
    const answer = this.#waiting.get(item.request);
    this.#waiting.delete(item.request);
    answer?.(item.answer);
  }
}

const PATIENCE_MS = 5_000;
