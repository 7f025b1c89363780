/**
 * A room's last events, bounded in number, bytes and age; what a returning session missed.
 *
 * A ring of columns. The usual event, one action of one sender, is kept as its text alone: objects
 * that live as long as a history would cost the garbage collector more than the whole decision.
 */
import type { Millis, UserId } from "@roundhouse/kernel";
import type { RoomEvent } from "./item.ts";
import type { Rules } from "./rules.ts";

/** An event and when it happened. */
export type Dated = { readonly at: Millis; readonly event: RoomEvent };

export class History {
  /** An event, or the fields of its only action. */
  readonly #events: (RoomEvent | string)[] = [];
  readonly #seqs: number[] = [];
  readonly #senders: (UserId | undefined)[] = [];
  /** When the action happened by its own time. */
  readonly #ats: Millis[] = [];
  /** When the event was added. */
  readonly #times: Millis[] = [];
  /** How many places the ring has now; it grows until it is as large as it may be. */
  #places = 0;
  #oldest = 0;
  #size = 0;
  #bytes = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of the oldest event. */
  get first(): number | undefined {
    return this.#size === 0 ? undefined : this.#seqs[this.#oldest];
  }

  add(event: RoomEvent, now: Millis, rules: Rules): void {
    if (this.#size === rules.historyEventsMax) this.#drop();
    if (this.#size === this.#places) this.#grow(rules.historyEventsMax);
    const place = this.#place(this.#size);
    const only = onlyAction(event);
    this.#events[place] = only === undefined ? event : only.fields;
    this.#seqs[place] = event.seq;
    this.#senders[place] = event.on === "game" ? event.from : undefined;
    this.#ats[place] = only?.at ?? 0;
    this.#times[place] = now;
    this.#size++;
    this.#bytes += bytesOf(this.#events[place] ?? "");
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
      const event = this.#at(this.#place(index));
      if (event !== undefined && lastOf(event) > seq) events.push(event);
    }
    return events;
  }

  /** The last number that was taken before then, or before everything that is here. */
  before(then: Millis): number {
    let index = this.#size - 1;
    while (index >= 0 && (this.#times[this.#place(index)] ?? 0) >= then) index--;
    const event = index < 0 ? undefined : this.#at(this.#place(index));
    return event === undefined ? 0 : lastOf(event);
  }

  /** Takes in events that happened before those that are here, as if it had been there. */
  prepend(older: readonly Dated[], rules: Rules): void {
    if (older.length === 0) return;
    const newer: Dated[] = [];
    for (let index = 0; index < this.#size; index++) {
      const place = this.#place(index);
      const event = this.#at(place);
      if (event !== undefined) newer.push({ at: this.#times[place] ?? 0, event });
    }
    while (this.#size > 0) this.#drop();
    for (const { at, event } of older) this.add(event, at, rules);
    for (const { at, event } of newer) this.add(event, at, rules);
  }

  #place(index: number): number {
    const place = this.#oldest + index;
    return place < this.#places ? place : place - this.#places;
  }

  #at(place: number): RoomEvent | undefined {
    const kept = this.#events[place];
    const from = this.#senders[place];
    if (typeof kept !== "string" || from === undefined) return kept as RoomEvent | undefined;
    const seq = this.#seqs[place] ?? 0;
    const action = { at: this.#ats[place] ?? 0, fields: kept };
    return { on: "game", seq, from, actions: [action], extra: "" };
  }

  #drop(): void {
    this.#bytes -= bytesOf(this.#events[this.#oldest] ?? "");
    this.#events[this.#oldest] = "";
    this.#oldest = this.#place(1);
    this.#size--;
  }

  /** Only a full ring grows. It is turned so that the oldest is first: then new places are behind. */
  #grow(most: number): void {
    turn(this.#events, this.#oldest);
    turn(this.#seqs, this.#oldest);
    turn(this.#senders, this.#oldest);
    turn(this.#ats, this.#oldest);
    turn(this.#times, this.#oldest);
    this.#oldest = 0;
    this.#places = Math.min(Math.max(SMALLEST, this.#places * 2), most);
  }
}

/** The last number that an event takes. */
export function lastOf(event: RoomEvent): number {
  return event.on === "game" ? event.seq + Math.max(1, event.actions.length) - 1 : event.seq;
}

function onlyAction(event: RoomEvent) {
  const isUsual = event.on === "game" && event.extra === "" && event.actions.length === 1;
  return isUsual ? event.actions[0] : undefined;
}

/** What an event weighs, roughly, or the text of its only action. */
export function bytesOf(kept: RoomEvent | string): number {
  if (typeof kept === "string") return 2 * EVENT_BYTES + kept.length;
  switch (kept.on) {
    case "game": {
      let bytes = EVENT_BYTES + kept.extra.length;
      for (const { fields } of kept.actions) bytes += EVENT_BYTES + fields.length;
      return bytes;
    }
    case "said":
      return EVENT_BYTES + kept.text.length;
    case "titled":
      return EVENT_BYTES + (kept.title ?? "").length + (kept.description ?? "").length;
    case "joined":
    case "left":
    case "enrolled":
    case "expelled":
      return EVENT_BYTES;
  }
}

function turn<Value>(column: Value[], first: number): void {
  column.push(...column.splice(0, first));
}

/** What an event or action weighs beside its text, roughly. */
const EVENT_BYTES = 64;
const SMALLEST = 8;
