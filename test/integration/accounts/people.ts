/** The connections of two people: one for each who is logged in, wherever somebody is let in. */
import { type Answer, type Message, ScrpClient } from "../scrp/scrp-client.ts";
import type { Request } from "./requests.ts";
import type { Who } from "./world.ts";

/** The port where somebody is let in just now. */
export type Doors = (who: Who) => number;

/** A connection ended before an answer came: what came of it is unknown. */
export class Lost extends Error {}

export class People {
  readonly #doors: Doors;
  readonly #clients = new Map<Who, ScrpClient>();

  constructor(doors: Doors) {
    this.#doors = doors;
  }

  get(who: Who): ScrpClient | undefined {
    return this.#clients.get(who);
  }

  isOnline(who: Who): boolean {
    return this.#clients.has(who);
  }

  async open(who: Who): Promise<ScrpClient> {
    try {
      return await ScrpClient.open(this.#doors(who));
    } catch {
      throw new Lost(); // Nobody is there any more.
    }
  }

  /** Logged in by this one from now on. */
  put(who: Who, client: ScrpClient): void {
    this.drop(who);
    this.#clients.set(who, client);
  }

  drop(who: Who): void {
    this.#clients.get(who)?.drop();
    this.#clients.delete(who);
  }

  /** Sends it, over whichever connection is its own. */
  async asked({ who, method, fields }: Request): Promise<Answer | undefined> {
    const known = this.#clients.get(who);
    const client = known ?? (await this.open(who));
    try {
      // A store that was gone may have swallowed it: nobody knows, as with a connection that broke.
      return await client.asked(method, fields).catch(() => undefined);
    } finally {
      if (known === undefined) client.drop();
    }
  }

  /** The next push of this method at whoever is there. */
  async hears(
    who: Who,
    method: string,
    isMeant: (push: Message) => boolean = () => true,
  ): Promise<Message | undefined> {
    const client = this.#clients.get(who);
    if (client === undefined) return undefined;
    const heard = client.push(method, isMeant, SETTLE_MS);
    const push = await Promise.race([heard, client.end(FOR_EVER_MS).then(() => undefined)]);
    heard.catch(() => {}); // It ended: nobody hears that it then heard nothing.
    if (push === undefined) throw new Lost();
    return push;
  }

  /** All break off. Answers with what was wrong: nobody may be told anything twice. */
  leave(): readonly string[] {
    const faults: string[] = [];
    for (const [who, client] of this.#clients) {
      const texts = textsOf(client.heard);
      const again = texts.filter((text, at) => texts.indexOf(text) !== at);
      if (again.length > 0) faults.push(`no_dup: ${who} heard twice ${again.join(", ")}`);
      client.drop();
    }
    this.#clients.clear();
    return faults;
  }
}

export function textsOf(heard: readonly Message[]): readonly string[] {
  const isText = ({ method }: Message): boolean => {
    return method === "NEW_PRIVATE_MESSAGE" || method === "NEW_ROOM_MESSAGE";
  };
  return heard.filter(isText).map(({ message }) => String(message));
}

/** Design, section 9: everything is served again 10 s after the last fault; the machine is busy. */
export const SETTLE_MS = 15_000;
const FOR_EVER_MS = 60_000;
