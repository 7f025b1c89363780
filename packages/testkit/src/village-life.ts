/** What villages live through in property tests: arbitrary deeds of some users, weighted so that lives cross. */
import type { Rules } from "@roundhouse/domain";
import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import fc from "fast-check";
import { Village, type Wish } from "./village.ts";

/** What somebody who is logged in asks. */
type Asked =
  | { readonly on: (typeof ALONE)[number]; readonly user: number }
  | { readonly on: (typeof WITH)[number]; readonly user: number; readonly other: number }
  | { readonly on: (typeof IN)[number]; readonly user: number; readonly room: number };

export type VillageDeed =
  | Asked
  | { readonly on: (typeof AT_THE_DOOR)[number]; readonly user: number }
  | { readonly on: "die"; readonly gate: number }
  | { readonly on: "pass"; readonly ms: number }
  /** A shard gets to work on the oldest of what waits for it. */
  | { readonly on: "work"; readonly shard: number; readonly most: number }
  /** Another owner takes over. */
  | { readonly on: "succeed"; readonly shard: number }
  /** Everything is killed and started again: what is not durable is gone. */
  | { readonly on: "restart" };

const AT_THE_DOOR = ["signUp", "logIn", "logIn", "logIn", "logIn", "logOut", "lose"] as const;
const ALONE = ["deleteAccount", "setPassword", "profile", "heed", "mail", "describe"] as const;
const WITH = [
  "ask",
  "ask",
  "ask",
  "approve",
  "approve",
  "reject",
  "ignore",
  "remove",
  "remove",
  "whisper",
] as const;
const IN = ["create", "enter", "enter", "leave", "say"] as const;

export type VillageOptions = {
  readonly shards: number;
  readonly users: number;
  readonly longest: number;
  /** How often a shard's owner changes, and everything is killed. */
  readonly successions?: number;
  readonly restarts?: number;
};

export function villageLives(options: VillageOptions): fc.Arbitrary<readonly VillageDeed[]> {
  const { shards, users, longest, successions = 1, restarts = 1 } = options;
  const user = fc.nat(users - 1);
  const shard = fc.nat(shards - 1);
  const deeds: readonly (readonly [number, fc.Arbitrary<VillageDeed>])[] = [
    [6, fc.record({ on: fc.constantFrom(...AT_THE_DOOR), user })],
    [5, fc.record({ on: fc.constantFrom(...ALONE), user })],
    [30, fc.record({ on: fc.constantFrom(...WITH), user, other: fc.nat(100) })],
    [5, fc.record({ on: fc.constantFrom(...IN), user, room: fc.nat(2) })],
    [1, fc.record({ on: fc.constant("die"), gate: fc.nat(1) })],
    [1, fc.record({ on: fc.constant("pass"), ms: fc.constantFrom(1, 1000, 90_000) })],
    [22, fc.record({ on: fc.constant("work"), shard, most: fc.integer({ min: 1, max: 4 }) })],
    [successions, fc.record({ on: fc.constant("succeed"), shard })],
    [restarts, fc.constant({ on: "restart" })],
  ];
  const some = deeds.filter(([weight]) => weight > 0);
  const deed = fc.oneof(...some.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  return fc.array(deed, { minLength: 60, maxLength: longest, size: "max" });
}

/** Users who do these things, each with the session that it began last. */
export class VillageLife {
  readonly village: Village;
  readonly #sessions = new Map<string, { readonly session: string; readonly gateway: string }>();
  #count = 0;

  constructor(rules: Partial<Rules>, { shards, users }: Pick<VillageOptions, "shards" | "users">) {
    this.village = new Village(rules, shards);
    for (let user = 0; user < users; user++) {
      this.do({ on: "signUp", user });
      this.village.settle();
      this.do({ on: "logIn", user });
    }
    this.village.settle();
  }

  do(deed: VillageDeed): void {
    const { village } = this;
    switch (deed.on) {
      case "work":
        return village.work(deed.shard, deed.most);
      case "succeed":
        return village.succeed(deed.shard);
      case "restart":
        village.restart();
        return this.#comeBack();
      case "pass":
        return village.wait(deed.ms);
      case "die":
        village.gatewayGone(`gate${deed.gate}`);
        return this.#comeBack();
      case "signUp": {
        const signUp = { on: "signUp", hash: "h", nickname: name(deed.user) } as const;
        village.put(name(deed.user), signUp, `door/${++this.#count}`);
        return;
      }
      case "logIn":
        return this.#logIn(name(deed.user));
      case "logOut":
      case "lose":
        return this.#leave(name(deed.user), deed.on === "logOut" ? "left" : "lost");
      default: {
        const user = this.#who(deed);
        const wish = this.#wish(user, deed);
        const { session = `${user}/0`, gateway } = this.#sessions.get(user) ?? {};
        village.put(user, wish, session, gateway);
      }
    }
  }

  /** Everything that is underway arrives, and everybody leaves. */
  end(): void {
    this.village.settle();
    for (const user of this.#sessions.keys()) this.#leave(user, "left");
    for (const gate of ["gate0", "gate1"]) this.village.gatewayGone(gate);
    this.village.settle();
    this.village.passes(1_000_000);
  }

  /** Whose connection was cut connects again; some did not notice. */
  #comeBack(): void {
    for (const user of [...this.#sessions.keys()].slice(this.#count % 2)) this.#logIn(user);
  }

  /** Answers come from who was asked: somebody else would be refused, nearly always. */
  #who({ on, user }: Asked): UserId {
    if (on !== "approve" && on !== "reject" && on !== "ignore") return name(user);
    const users = [...this.#sessions.keys()] as UserId[];
    const asked = users.filter((it) => this.village.account(it).requests?.length);
    return asked[user % asked.length] ?? name(user);
  }

  /** A friend, most of the time. */
  #friend(user: string, other: number): UserId {
    const friends = this.village.friends(user) as UserId[];
    return friends[other % 2] ?? this.#other(user, other);
  }

  /** Somebody else, but for once in a while. */
  #other(user: string, other: number): UserId {
    const others = [...this.#sessions.keys()].filter((it) => it !== user) as UserId[];
    return other % 9 === 0 ? (user as UserId) : (others[other % others.length] ?? name(other));
  }

  #leave(user: string, how: "left" | "lost"): void {
    const { session = `${user}/0`, gateway } = this.#sessions.get(user) ?? {};
    const stay = { user: user as UserId, session: session as SessionId };
    this.village.append({ on: "detach", ...stay, how }, gateway);
  }

  #logIn(user: string): void {
    const count = ++this.#count;
    const session = `${user}/${count}`;
    const gateway = `gate${count % 2}`;
    this.#sessions.set(user, { session, gateway });
    const { born = 0, proof } = this.village.account(user);
    // What was checked may be no longer so when it is decided.
    const credentials = { born, turn: proof?.turn ?? 0, address: session };
    const means = count % 3 === 0 ? "idme" : "account";
    const secret = means === "idme" ? `secret of ${session}` : undefined;
    const more = { proven: true, takesNotices: count % 5 !== 0, resume: secret } as const;
    this.village.put(user, { on: "attach", means, credentials, ...more }, session, gateway);
  }

  #wish(user: string, deed: Asked): Wish {
    const { born = 0, proof, requests = [] } = this.village.account(user);
    const turn = proof?.turn ?? 0;
    switch (deed.on) {
      case "deleteAccount":
        return { on: deed.on, turn };
      case "setPassword":
        return { on: deed.on, hash: `h${++this.#count}`, turn };
      case "describe":
        return { on: deed.on, nickname: `${user} ${++this.#count}` };
      case "profile":
      case "heed":
      case "mail":
        return { on: deed.on };
      case "ask":
        return { on: "askFriend", friend: this.#other(user, deed.other), text: "" };
      case "approve":
      case "reject":
      case "ignore": {
        const id = requests[deed.other % Math.max(1, requests.length)]?.id ?? 0;
        return { on: "answerFriend", id, how: deed.on };
      }
      case "remove":
        return { on: "removeFriend", friend: this.#friend(user, deed.other) };
      case "whisper":
        return {
          on: "whisper",
          friend: this.#friend(user, deed.other),
          text: `word ${++this.#count}`,
        };
      case "create":
        return { on: "create", room: room(deed.room), born, title: "A room", access: "public" };
      case "enter":
        return { on: "enter", room: room(deed.room), born, hasPassword: false, address: "::1" };
      case "leave":
        return { on: "removeMember", room: room(deed.room), born, subject: user as UserId };
      case "say":
        return { on: "say", room: room(deed.room), born, text: `word ${++this.#count}` };
    }
  }
}

const name = (index: number): UserId => `user${index}` as UserId;
const room = (index: number): RoomId => `room${index}` as RoomId;
