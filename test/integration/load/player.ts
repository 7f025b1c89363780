/** A client of the load: does what chance says, and writes down what the checker needs. */
import type { Heard, Said, Stay } from "../checker.ts";
import { type Action, type Client, connect, type Message } from "../client.ts";
import { isKnown } from "../house.ts";

type Seat = { -readonly [Key in keyof Stay]: Stay[Key] } & { readonly heard: Heard[] };
type Word = { -readonly [Key in keyof Said]: Said[Key] };

export class Player {
  readonly user: string;
  readonly said: Word[] = [];
  readonly stays: Seat[] = [];
  /** What should never have happened to a polite client. */
  readonly faults: string[] = [];
  readonly #address: string;
  readonly #secret: string;
  #client: Client | undefined;
  #read = 0;
  #n = 0;

  constructor(user: string, address: string) {
    this.user = user;
    this.#address = address;
    this.#secret = `the secret of ${user}`;
  }

  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  get channels(): readonly string[] {
    return this.#open.map(({ channel }) => channel);
  }

  /** What everybody should take it for. */
  get status(): string {
    if (!this.isConnected) return "offline";
    return this.#open.length > 0 ? "busy" : "online";
  }

  /** Comes as somebody new: whatever seats it had are gone. */
  async enter(): Promise<void> {
    const client = await this.#connect();
    client.say("idme", { id: this.user, resume: this.#secret });
    await client.expect("resumed");
  }

  async join(channel: string): Promise<void> {
    const client = this.#present;
    this.stays.push({ user: this.user, channel, heard: [], isOpen: true });
    client.say("joingame", { channel });
    await this.act(channel);
  }

  /** Says something and waits until it is heard: what was asked before it is done then. */
  async act(channel: string): Promise<void> {
    const n = this.say(channel);
    const isOwn = ({ from, n: heard }: Action): boolean => from === this.user && heard === n;
    await this.#present.expect("game", (data) => {
      return data["channel"] === channel && (data["actions"] as readonly Action[]).some(isOwn);
    });
  }

  /** Says something and does not wait. */
  say(channel: string): number {
    const n = this.#n++;
    this.said.push({ channel, from: this.user, n, isSure: true });
    this.#present.act(channel, { n });
    return n;
  }

  async leave(channel: string): Promise<void> {
    const client = this.#present;
    client.say("leavegame", { channel });
    client.act(channel); // Refused, and so the proof that it left and will hear no more.
    await client.expectError("not_a_member");
    this.#endStays((it) => it.channel === channel);
  }

  /** The connection breaks, and the session goes on over another one. */
  async resume(): Promise<void> {
    this.drop();
    const open = this.#open;
    const seen = Object.fromEntries(open.map((it) => [it.channel, it.heard.at(-1)?.seq ?? 0]));
    const client = await this.#connect();
    client.say("idme", { id: this.user, resume: this.#secret, seen });
    const { channels } = await client.expect("resumed");
    const kept = channels as readonly string[];
    for (const { channel } of open) {
      if (!kept.includes(channel)) this.faults.push(`${this.user} lost its seat in ${channel}`);
    }
    await isKnown(client, this.user);
  }

  drop(): void {
    this.#present.drop();
    this.#collect();
    this.#client = undefined;
    this.#forgetUnheard();
  }

  /** Says goodbye: seats and all. */
  async depart(): Promise<void> {
    await this.#present.leave();
    this.#endStays(() => true);
    this.#client = undefined;
    this.#forgetUnheard();
  }

  /** Whether it has heard this in a channel where it sits. */
  async hears(channel: string, from: string, n: number): Promise<void> {
    const look = (): true | undefined => {
      this.#collect();
      const stay = this.#open.find((it) => it.channel === channel);
      return stay?.heard.some((it) => it.from === from && it.n === n) ? true : undefined;
    };
    await this.#present.until(look, `${n} of ${from} in ${channel}`);
  }

  get #open(): readonly Seat[] {
    return this.stays.filter(({ isOpen }) => isOpen);
  }

  get #present(): Client {
    if (this.#client === undefined) throw new Error(`${this.user} is not connected`);
    return this.#client;
  }

  async #connect(): Promise<Client> {
    this.#client = await connect(this.#address);
    this.#read = 0;
    return this.#client;
  }

  #endStays(isMeant: (stay: Seat) => boolean): void {
    this.#collect();
    for (const stay of this.#open) if (isMeant(stay)) stay.isOpen = false;
  }

  /** What it said and did not hear itself may have been lost with the connection. */
  #forgetUnheard(): void {
    const heard = new Set(
      this.stays
        .flatMap((it) => it.heard)
        .flatMap(({ from, n }) => (from === this.user ? [n] : [])),
    );
    for (const word of this.said) if (!heard.has(word.n)) word.isSure = false;
  }

  /** Puts what was heard since the last time to the stays that it belongs to. */
  #collect(): void {
    const { heard } = this.#present;
    for (; this.#read < heard.length; this.#read++) this.#note(heard[this.#read] as Message);
  }

  #note({ command, data }: Message): void {
    if (command === "gap") this.faults.push(`${this.user} was told of a gap: ${data["lost"]}`);
    if (command === "error" && data["code"] !== "not_a_member") {
      this.faults.push(`${this.user} was refused: ${String(data["code"])}`);
    }
    if (command !== "game") return;
    const stay = this.#open.find(({ channel }) => channel === data["channel"]);
    const actions = data["actions"] as readonly Action[];
    if (stay === undefined) this.faults.push(`${this.user} heard ${String(data["channel"])}`);
    for (const [index, { from, n }] of actions.entries()) {
      stay?.heard.push({ seq: Number(data["seq"]) + index, from, n: Number(n) });
    }
  }
}
