/** A room's last events, bounded in number, bytes and age; what a returning session missed. */
import type { Millis } from "@roundhouse/kernel";
import type { RoomEvent } from "./item.ts";
import type { Rules } from "./rules.ts";

/** A ring: what is added when it is full takes the place of the oldest. */
export class History {
  #events: (RoomEvent | undefined)[] = [];
  /** When each event happened, beside it: an object for each would double what is kept. */
  #times: Millis[] = [];
  #oldest = 0;
  #size = 0;
  #bytes = 0;

  get size(): number {
    return this.#size;
  }

  add(event: RoomEvent, now: Millis, rules: Rules): void {
    if (this.#size === rules.historyEventsMax) this.#drop();
    if (this.#size === this.#events.length) this.#grow(rules.historyEventsMax);
    const place = (this.#oldest + this.#size) % this.#events.length;
    this.#events[place] = event;
    this.#times[place] = now;
    this.#size++;
    this.#bytes += bytesOf(event);
    this.trim(now, rules);
  }

  trim(now: Millis, { historyBytesMax, historyMs }: Rules): void {
    while (this.#size > 0) {
      const age = now - (this.#times[this.#oldest] ?? now);
      if (this.#bytes <= historyBytesMax && age <= historyMs) return;
      this.#drop();
    }
  }

  /** The events after number `seq`, whole ones only: an event seen in part comes again whole. */
  after(seq: number): readonly RoomEvent[] {
    const events: RoomEvent[] = [];
    for (let index = 0; index < this.#size; index++) {
      const event = this.#events[(this.#oldest + index) % this.#events.length];
      if (event !== undefined && lastOf(event) > seq) events.push(event);
    }
    return events;
  }

  #drop(): void {
    const event = this.#events[this.#oldest];
    if (event !== undefined) this.#bytes -= bytesOf(event);
    this.#events[this.#oldest] = undefined;
    this.#oldest = (this.#oldest + 1) % this.#events.length;
    this.#size--;
  }

  /** Most rooms never need the whole ring: it doubles until it is as large as it may be. */
  #grow(most: number): void {
    const room = Math.min(Math.max(SMALLEST, this.#events.length * 2), most);
    const events = this.after(0);
    const times = events.map((_, index) => {
      return this.#times[(this.#oldest + index) % this.#events.length] ?? 0;
    });
    this.#events = new Array<RoomEvent | undefined>(room).fill(undefined);
    this.#times = new Array<Millis>(room).fill(0);
    for (const [index, event] of events.entries()) {
      this.#events[index] = event;
      this.#times[index] = times[index] ?? 0;
    }
    this.#oldest = 0;
  }
}

/** The last number that an event takes. */
export function lastOf(event: RoomEvent): number {
  return event.on === "game" ? event.seq + Math.max(1, event.actions.length) - 1 : event.seq;
}

function bytesOf(event: RoomEvent): number {
  if (event.on !== "game") return EVENT_BYTES;
  let bytes = EVENT_BYTES + event.extra.length;
  for (const { fields } of event.actions) bytes += EVENT_BYTES + fields.length;
  return bytes;
}

/** What an event or action weighs beside its text, roughly. */
const EVENT_BYTES = 64;
const SMALLEST = 8;
