/**
 * Two people and their room, at a real server: they do one thing after the other and write down what
 * was answered, until their connections break. Then they come back and look what is true.
 */
import type { Chance } from "../load/chance.ts";
import { type Answer as Answered, account, type Message } from "../scrp/scrp-client.ts";
import { type Doors, Lost, People, SETTLE_MS, textsOf } from "./people.ts";
import { nameIn, requestOf } from "./requests.ts";
import { Witness } from "./truth.ts";
import { wish } from "./wishes.ts";
import { type Answer, after, type Deed, other, type Who, type Wish, type World } from "./world.ts";

export class Pair {
  readonly witness = new Witness();
  readonly faults: string[] = [];
  readonly #number: number;
  readonly #chance: Chance;
  readonly #people: People;
  /** The request that ben knows of. */
  #request: unknown;
  #texts = 0;
  #asks = 0;

  constructor(number: number, chance: Chance, doors: Doors) {
    this.#number = number;
    this.#chance = chance;
    this.#people = new People(doors);
  }

  /** Goes on until a connection breaks, something is wrong, or there was enough. */
  async live(isEnough: () => boolean = () => false): Promise<void> {
    while (!isEnough() && this.faults.length === 0) {
      try {
        await this.#do(this.#wish());
      } catch (cause) {
        if (!(cause instanceof Lost)) this.#fails(cause);
        return;
      }
    }
  }

  /**
   * After a crash: both log in, and everything that was answered must be true, on both sides. `allAway`
   * says that it ended every session there was: only then it is sure who comes online.
   */
  async returns({ allAway }: { readonly allAway: boolean }): Promise<void> {
    this.leave();
    if (this.faults.length > 0) return;
    const isSettled = allAway && this.witness.worlds.length === 1;
    this.#note({ on: "killed" }, { err: SUCCESS });
    try {
      await this.#comes("ana");
      await this.#comes("ben");
      await this.#agree();
      for (const who of BOTH) {
        if (this.#people.isOnline(who))
          await this.#probe({ ...this.#message("say", who), isAway: false });
      }
      await this.#seesOnce(isSettled);
    } catch (cause) {
      this.#fails(cause);
    }
  }

  /** Breaks off; nobody was told anything twice. */
  leave(): void {
    for (const fault of this.#people.leave()) this.#wrong(fault);
  }

  #wish(): Wish {
    return wish(
      {
        world: this.witness.world,
        isOnline: (who) => this.#people.isOnline(who),
        knowsRequest: this.#request !== undefined,
        fresh: (word) => `${word} ${++this.#texts}`,
      },
      this.#chance,
    );
  }

  async #do(deed: Wish): Promise<void> {
    if (deed.on === "logIn") return void (await this.#logIn(deed.who, deed.password));
    const { worlds } = this.witness;
    // A request that may wait already is the same one, and not told again so soon.
    const isNew = deed.on === "ask" && !worlds.some(({ isAsked }) => isAsked);
    if (isNew) this.#asks++;
    if (isNew || deed.on === "resign") this.#request = undefined; // Whatever ben knows of is over.
    const answer = await this.#asked(deed);
    this.#note(deed, answer);
    if (answer?.err !== SUCCESS) {
      if (answer === undefined) throw new Lost();
      return;
    }
    await this.#settled(deed, worlds);
  }

  /** What follows for the other one has reached it before anything else is done. */
  async #settled(deed: Wish, before: readonly World[]): Promise<void> {
    switch (deed.on) {
      case "logOut":
      case "resign": {
        this.#people.drop(deed.who);
        const knewEachOther = before.some((it) => it.areFriends || it.room === "both");
        if (deed.on === "resign" && knewEachOther)
          await this.#people.hears(other(deed.who), "USER_DELETED");
        return;
      }
      case "ask":
        if (before.some(({ isAsked }) => isAsked)) return;
        if (this.#isSure(({ isAsked }) => isAsked) && this.#people.isOnline("ben")) {
          const isMeant = (push: Message): boolean => this.#isLast(push);
          const push = await this.#people.hears("ben", "NEW_FRIEND_REQUEST", isMeant);
          this.#request = push?.["request_id"];
        }
        return;
      case "approve":
      case "reject":
        this.#request = undefined;
        await this.#people.hears(
          "ana",
          deed.on === "approve" ? "REQUEST_APPROVED" : "REQUEST_REJECTED",
        );
        return;
      case "unfriend":
        await this.#people.hears(other(deed.who), "FRIEND_REMOVED");
        return;
      case "whisper":
        await this.#people.hears(other(deed.who), "NEW_PRIVATE_MESSAGE", says(deed.text));
        return;
      case "say":
        if (this.#isSure(({ room }) => room === "both")) {
          await this.#people.hears(other(deed.who), "NEW_ROOM_MESSAGE", says(deed.text));
        }
        return;
      case "signUp":
      case "logIn":
      case "change":
      case "create":
      case "enter":
      case "expel":
      case "dissolve":
        return; // Only its own shard is asked what follows.
    }
  }

  /** Logs in; what was kept is part of what is judged. */
  async #logIn(who: Who, password: string): Promise<"in" | "refused" | "unknown"> {
    const client = await this.#people.open(who);
    const answer = await client.asked("LOG_IN", account(this.#name(who), password));
    if (answer?.err !== SUCCESS) {
      client.drop();
      this.#note({ on: "logIn", who, password, kept: undefined }, answer);
      if (answer === undefined) throw new Lost();
      return answer.err === UNKNOWN ? "unknown" : "refused";
    }
    this.#people.put(who, client);
    const deed = (): Deed => ({ on: "logIn", who, password, kept: textsOf(client.heard) });
    const isAll = (): true | undefined => (this.#isPossible(deed()) ? true : undefined);
    const { isEnded } = await client
      .until(
        () => (client.isEnded || isAll() ? { isEnded: client.isEnded } : undefined),
        "what was kept",
        SETTLE_MS,
      )
      .catch(() => ({ isEnded: false })); // Something is missing, as the judge will say.
    if (!isEnded) await client.asked("GET_TIME");
    if (client.isEnded) {
      this.#note({ on: "logIn", who, password, kept: undefined }, undefined);
      throw new Lost();
    }
    this.#note(deed(), answer);
    const asked = client.pushes("NEW_FRIEND_REQUEST").find((it) => this.#isLast(it));
    if (asked !== undefined && who === "ben") this.#request = asked["request_id"];
    client.skip();
    return "in";
  }

  /** Tries the passwords that may be good, the likeliest first. */
  async #comes(who: Who): Promise<void> {
    const passwords = new Set(this.witness.worlds.map(({ passwords }) => passwords[who]));
    const until = performance.now() + SETTLE_MS;
    for (const password of passwords) {
      if (password === undefined) continue;
      let outcome = await this.#logIn(who, password);
      while (outcome === "unknown" && performance.now() < until) {
        outcome = await this.#logIn(who, password);
      }
      if (outcome === "in") return;
    }
    const isNobody = this.witness.world.passwords[who] === undefined;
    if (!isNobody) this.#wrong(`account: ${who} does not get in by ${[...passwords].join(" or ")}`);
  }

  /** Each whispers to the other until both are allowed to or both are not: what was begun is ended. */
  async #agree(): Promise<void> {
    const [ana, ben] = [this.#people.isOnline("ana"), this.#people.isOnline("ben")];
    if (!ana || !ben) {
      if (ana) await this.#probe({ ...this.#message("whisper", "ana"), isAway: false });
      if (ben) await this.#probe({ ...this.#message("whisper", "ben"), isAway: false });
      return;
    }
    const until = performance.now() + SETTLE_MS;
    for (;;) {
      const deeds = [this.#message("whisper", "ana"), this.#message("whisper", "ben")] as const;
      const answers = [await this.#asked(deeds[0]), await this.#asked(deeds[1])] as const;
      const isOne = answers[0]?.err === answers[1]?.err;
      const isGood = isOne && deeds.every((deed, at) => this.#isPossible(deed, answers[at]?.err));
      if (!isGood && performance.now() < until) continue;
      for (const [at, deed] of deeds.entries()) this.#note(deed, answers[at]);
      if (answers[0]?.err !== SUCCESS || this.faults.length > 0) return;
      await this.#people.hears("ben", "NEW_PRIVATE_MESSAGE", says(deeds[0].text));
      await this.#people.hears("ana", "NEW_PRIVATE_MESSAGE", says(deeds[1].text));
      return;
    }
  }

  /** Asks until the answer is possible: what was begun before the crash may still be on its way. */
  async #probe(deed: Wish): Promise<void> {
    const until = performance.now() + SETTLE_MS;
    for (;;) {
      const answer = await this.#asked(deed);
      if (!this.#isPossible(deed, answer?.err) && performance.now() < until) continue;
      this.#note(deed, answer);
      if (answer?.err === SUCCESS && this.faults.length === 0) {
        await this.#settled(deed, this.witness.worlds);
      }
      return;
    }
  }

  /** Ana came first: she is told once that ben came, if she knows him. */
  async #seesOnce(isSettled: boolean): Promise<void> {
    const ana = this.#people.get("ana");
    if (ana === undefined || !this.#people.isOnline("ben") || this.faults.length > 0) return;
    const { areFriends, room } = this.witness.world;
    const knowsHim = areFriends || room === "both";
    const told = (): number => ana.pushes("USER_ONLINE").length;
    if (isSettled && knowsHim) await ana.until(() => told() > 0 || undefined, "USER_ONLINE");
    if (told() > 1) this.#wrong(`presence: ana was told ${told()} times that ben came`);
    if (isSettled && !knowsHim && told() > 0) this.#wrong("presence: ana does not know ben");
  }

  #asked(deed: Wish): Promise<Answered | undefined> {
    const scene = { number: this.#number, request: this.#request, asks: this.#asks };
    return this.#people.asked(requestOf(deed, scene));
  }

  #message<On extends "say" | "whisper">(on: On, who: Who): Extract<Deed, { readonly on: On }> {
    return { on, who, text: `${on} ${++this.#texts}`, isAway: false } as Extract<
      Deed,
      { readonly on: On }
    >;
  }

  #note(deed: Deed, answered: Answered | undefined): void {
    const id = answered?.["message_id"];
    const step = { deed, answer: known(answered?.err), ...(typeof id === "number" && { id }) };
    const fault = this.witness.step(step);
    if (fault !== undefined) this.#wrong(fault);
  }

  #isSure(what: (world: World) => boolean): boolean {
    return this.witness.worlds.every(what);
  }

  #isPossible(deed: Deed, answer: Answer = SUCCESS): boolean {
    return this.witness.worlds.some((world) => after(world, deed, known(answer)).length > 0);
  }

  /** Whether this tells of the request that ana made last. */
  #isLast(push: Message): boolean {
    return push["verification_message"] === `${this.#asks}`;
  }

  #name(who: Who): string {
    return nameIn(who, this.#number);
  }

  #fails(cause: unknown): void {
    const why = cause instanceof Error ? `${cause.stack}` : String(cause);
    this.#wrong([why, ...this.witness.last()].join("\n  "));
  }

  #wrong(fault: string): void {
    this.faults.push(`pair ${this.#number}: ${fault}`);
  }
}

const says = (text: string) => (push: Message) => push["message"] === text;

/** 999 says of itself that nobody knows. */
const known = (answer: Answer): Answer => (answer === UNKNOWN ? undefined : answer);

const BOTH = ["ana", "ben"] as const;
const SUCCESS = 900;
const UNKNOWN = 999;
