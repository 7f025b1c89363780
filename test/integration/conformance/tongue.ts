/** What the suite knows of a protocol: a new one is one more file that answers to this. */
import type { House } from "../house.ts";

/** Somebody with an account, which was made before: whoever is met may speak any protocol. */
export type Account = { readonly user: string; readonly password: string; readonly token: string };

export type Tongue = {
  readonly name: string;
  /** Connects and proves who it is. */
  arrive(inn: House, account: Account): Promise<Person>;
  /** Connects under a name that nobody has registered. */
  arriveAsGuest(inn: House, user: string): Promise<Person>;
  /** Tries to come under a registered name without its proof. */
  intrude(inn: House, user: string): Promise<"in" | "refused">;
};

/** One session. What it heard is kept; `until` waits for more of it. */
export type Person = {
  readonly user: string;
  /** Is in a room from now on; else the answer is why not. */
  sit(room: string): Promise<"in" | string>;
  rise(room: string): Promise<void>;
  say(room: string, text: string): Promise<void>;
  /** Hears of a friend's presence from now on. */
  watch(user: string): Promise<void>;
  /** Says what makes no sense, and sees that it is answered, or ignored, as its page says. */
  talkNonsense(): Promise<void>;
  /** What it was told of a user since it watches. */
  transitions(user: string): readonly ("online" | "offline")[];
  /** "+ben" and "-ben", as they came to a room and left it. */
  comings(room: string): readonly string[];
  /** "ben: hello", in the order in which they came, its own too. */
  words(room: string): readonly string[];
  /** Texts of private messages. */
  whispers(): readonly string[];
  /** What the server refused, by its own names. */
  refusals(): readonly string[];
  until<Value>(look: () => Value | undefined, what: string): Promise<Value>;
  /** Whether the server ended it. */
  isOver(): boolean;
  /** Reads no more. */
  sleep(): void;
  wake(): void;
  leave(): Promise<void>;
};
