/** Wrong passwords of late: how often somebody may try a name or a room from one address. */
import type { Millis } from "@roundhouse/kernel";

export class Attempts {
  // D1 builds this: `take(target, address, now): boolean`, `clear(target, address)`, bounded.
  take(_target: string, _address: string, _now: Millis): boolean {
    return true;
  }

  clear(_target: string, _address: string): void {}
}
