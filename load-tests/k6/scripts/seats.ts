/** One user's seats: what is heard there is judged at once, and what the user said must come back once. */
import * as metrics from "./metrics.ts";
import { Ear, keyOf, type Verdict } from "./order.ts";
import { now } from "./pace.ts";
import { type Fields, spokenIn } from "./wire.ts";

/** `run` and `n` count what the user says there. A run ends where something may be missing for good reason. */
type Seat = { readonly ear: Ear; run: number; n: number };

export type SeatsOptions = {
  readonly user: string;
  /** Version 2 hears every number of a room. */
  readonly hearsAll: boolean;
  /** When whom of the crowd said what: so that listeners know how long it took. */
  readonly sayings: Map<string, number>;
  readonly isTelling: boolean;
};

export type Saying = { readonly key: string; readonly run: number; readonly n: number };

export class Seats {
  readonly #options: SeatsOptions;
  readonly #seats = new Map<string, Seat>();
  /** What was said and has not come back; and when, where that is measured. */
  readonly #outstanding = new Map<string, number | undefined>();
  /** Said over a connection that broke: it may be in the order or not. */
  readonly #uncertain = new Set<string>();
  #runs = 0;

  constructor(options: SeatsOptions) {
    this.#options = options;
  }

  get rooms(): readonly string[] {
    return [...this.#seats.keys()];
  }

  /** What was said and never heard, over a connection that stood. */
  get unheard(): number {
    return this.#outstanding.size;
  }

  get lost(): number {
    let lost = 0;
    for (const { ear } of this.#seats.values()) lost += ear.lost;
    return lost;
  }

  has(room: string): boolean {
    return this.#seats.has(room);
  }

  ear(room: string): Ear | undefined {
    return this.#seats.get(room)?.ear;
  }

  /** By room, the number to resume behind. */
  get seen(): Fields {
    const heard = [...this.#seats].filter(([, { ear }]) => ear.last !== undefined);
    return Object.fromEntries(heard.map(([room, { ear }]) => [room, ear.last]));
  }

  /** `after`: the number behind which this user is there, if it was told. */
  sit(room: string, after: number | undefined): void {
    const ear = new Ear({ hearsAll: this.#options.hearsAll, after });
    this.#seats.set(room, { ear, run: ++this.#runs, n: 0 });
  }

  stand(room: string): void {
    metrics.lost.add(this.ear(room)?.lost ?? 0);
    this.#seats.delete(room);
  }

  /** The user's next words there; without a time it is not measured how long they take. */
  say(room: string, at: number | undefined): Saying | undefined {
    const seat = this.#seats.get(room);
    if (seat === undefined) return undefined;
    const { run } = seat;
    const n = seat.n++;
    const key = `${room} ${keyOf({ from: this.#options.user, run, n })}`;
    this.#outstanding.set(key, at);
    if (at !== undefined) this.#remember(key, at);
    metrics.said.add(1);
    return { key, run, n };
  }

  /** Nobody will hear it: its number must not look like a hole. */
  refused(room: string, { key }: Saying): void {
    this.#outstanding.delete(key);
    const seat = this.#seats.get(room);
    if (seat !== undefined) this.#renumber(seat);
  }

  /** The connection is lost: whatever was on its way may have arrived or not. */
  breakOff(): void {
    for (const key of this.#outstanding.keys()) this.#uncertain.add(key);
    this.#outstanding.clear();
    for (const seat of this.#seats.values()) this.#renumber(seat);
  }

  /** Everything is given up. */
  clear(): void {
    this.#outstanding.clear();
    this.#uncertain.clear();
    this.#seats.clear();
  }

  hearActions(fields: Fields): void {
    const room = String(fields["channel"]);
    const ear = this.ear(room);
    if (ear === undefined) return;
    const seq = Number(fields["seq"]);
    const spoken = spokenIn(fields);
    metrics.heard.add(spoken.length);
    for (const [index, it] of spoken.entries()) {
      judged(ear.action(seq + index, it));
      if (it === undefined) continue;
      const key = `${room} ${keyOf(it)}`;
      if (it.from === this.#options.user) this.#heardMyself(room, key);
      else {
        const at = this.#options.sayings.get(key);
        if (at !== undefined) metrics.deliveryMs.add(now() - at);
      }
    }
  }

  /** A number of the room without an action. */
  hearNumber(fields: Fields): void {
    const ear = this.ear(String(fields["channel"]));
    if (ear !== undefined) judged(ear.number(Number(fields["seq"])));
  }

  hearGap(fields: Fields): void {
    metrics.gaps.add(1);
    this.ear(String(fields["channel"]))?.skip(Number(fields["lost"]));
  }

  #heardMyself(room: string, key: string): void {
    const at = this.#outstanding.get(key);
    // Neither: then it is heard twice, which the order of its numbers has shown.
    if (!this.#outstanding.delete(key) && !this.#uncertain.delete(key)) return;
    metrics.ownBack.add(1);
    if (at === undefined) return;
    const tookMs = now() - at;
    metrics.answerMs.add(tookMs);
    if (!this.#options.isTelling) return;
    console.log(`answer ${Date.now() - tookMs} ${tookMs.toFixed(1)} ${room}`);
  }

  #remember(key: string, at: number): void {
    const { sayings } = this.#options;
    sayings.set(key, at);
    if (sayings.size <= SAYINGS_MAX) return;
    for (const oldest of sayings.keys()) {
      sayings.delete(oldest);
      return;
    }
  }

  #renumber(seat: Seat): void {
    seat.run = ++this.#runs;
    seat.n = 0;
  }
}

function judged(verdict: Verdict): void {
  metrics.intact.add(verdict === "right");
  if (verdict === "doubled") metrics.doubled.add(1);
  if (verdict === "reordered") metrics.reordered.add(1);
}

/** Older ones have long been heard by everybody. */
const SAYINGS_MAX = 20_000;
