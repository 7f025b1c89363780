/** A room's last events, bounded in number, bytes and age; what a returning session missed. */
import type { Millis } from "@roundhouse/kernel";
import type { RoomEvent } from "./item.ts";
import type { Rules } from "./rules.ts";

type Kept = { readonly event: RoomEvent; readonly bytes: number; readonly at: Millis };

export class History {
  #kept: Kept[] = [];
  #first = 0; // Index of the oldest event still kept; what lies before it is cut off in bulk.
  #bytes = 0;

  get size(): number {
    return this.#kept.length - this.#first;
  }

  add(event: RoomEvent, now: Millis, rules: Rules): void {
    const bytes = bytesOf(event);
    this.#kept.push({ event, bytes, at: now });
    this.#bytes += bytes;
    this.trim(now, rules);
  }

  trim(now: Millis, rules: Rules): void {
    for (;;) {
      const oldest = this.#kept[this.#first];
      if (oldest === undefined) break;
      const isWithin =
        this.size <= rules.historyEventsMax &&
        this.#bytes <= rules.historyBytesMax &&
        now - oldest.at <= rules.historyMs;
      if (isWithin) break;
      this.#bytes -= oldest.bytes;
      this.#first++;
    }
    if (this.#first >= CUT_AT && this.#first * 2 >= this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The events after number `seq`, whole ones only: an event seen in part comes again whole. */
  after(seq: number): readonly RoomEvent[] {
    const events: RoomEvent[] = [];
    for (let index = this.#first; index < this.#kept.length; index++) {
      const event = this.#kept[index]?.event;
      if (event !== undefined && lastOf(event) > seq) events.push(event);
    }
    return events;
  }
}

/** The last number that an event takes. */
export function lastOf(event: RoomEvent): number {
  return event.on === "game" ? event.seq + Math.max(1, event.actions.length) - 1 : event.seq;
}

function bytesOf(event: RoomEvent): number {
  if (event.on !== "game") return EVENT_BYTES;
  let bytes = EVENT_BYTES + event.extra.length;
  for (const action of event.actions) bytes += EVENT_BYTES + action.fields.length;
  return bytes;
}

/** What an event or action weighs beside its text, roughly. */
const EVENT_BYTES = 64;
const CUT_AT = 64;
