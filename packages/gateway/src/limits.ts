/** How many connections and messages are admitted: per gateway, per address, per connection. */
import { fail, type Millis, ok, type Result } from "@roundhouse/kernel";
import type { Frame } from "@roundhouse/protocol";
import type { Address, Connection } from "./connection.ts";

export type Limits = {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** Per connection; 0: no limit, for addresses neither. */
  readonly messagesPerSecondMax: number;
  /** An address may send as much as so many connections. */
  readonly addressRateFactor: number;
};

/** What to do with a message. */
export type Verdict = "take" | "refuse" | "close";

export class Doorkeeper {
  readonly #limits: Limits;
  readonly #addresses = new Map<string, Address>();
  #connections = 0;
  #isShut = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get addresses(): number {
    return this.#addresses.size;
  }

  /** Admits a connection from an address, which it must give back by `leave`. */
  enter(name: string, now: Millis): Result<Address> {
    if (this.#isShut) return fail("going_away");
    const { connectionsMax, connectionsPerAddressMax } = this.#limits;
    if (connectionsMax > 0 && this.#connections >= connectionsMax) {
      return fail("connections_limit", { most: connectionsMax });
    }
    const known = this.#addresses.get(name);
    const held = known?.connections ?? 0;
    if (connectionsPerAddressMax > 0 && held >= connectionsPerAddressMax) {
      return fail("address_limit", { most: connectionsPerAddressMax });
    }
    const allowance = this.#addressRate * BURST_SECONDS;
    const address = known ?? { name, connections: 0, allowance, at: now };
    if (known === undefined) this.#addresses.set(name, address);
    address.connections++;
    this.#connections++;
    return ok(address);
  }

  /** From now on nobody is admitted. */
  shut(): void {
    this.#isShut = true;
  }

  /** People may come again: it will not end after all. */
  reopen(): void {
    this.#isShut = false;
  }

  leave(address: Address): void {
    this.#connections--;
    if (--address.connections === 0) this.#addresses.delete(address.name);
  }

  /** How many messages a new connection may send at once. */
  get allowance(): number {
    return this.#limits.messagesPerSecondMax * BURST_SECONDS;
  }

  /** Whether a message may pass: two buckets that fill with time, the connection's and its address's. */
  judge(connection: Connection, now: Millis): Verdict {
    const rate = this.#limits.messagesPerSecondMax;
    if (rate === 0) return "take";
    const passed = (now - connection.allowanceAt) / 1000;
    connection.allowanceAt = now;
    connection.allowance = filled(connection.allowance, rate, passed) - 1;
    const { address } = connection;
    const since = (now - address.at) / 1000;
    address.at = now;
    address.allowance = filled(address.allowance, this.#addressRate, since) - 1;
    if (connection.allowance < -rate * PATIENCE_SECONDS) return "close";
    if (connection.allowance >= 0 && address.allowance >= 0) return "take";
    // Refused messages cost too, or a flood would never be found out; but never without end.
    address.allowance = Math.max(address.allowance, -this.#addressRate);
    return "refuse";
  }

  /** What a message asks beyond itself counts too: every invite as a message of its own. */
  charge(connection: Connection, messages: number): void {
    const owed = -this.#limits.messagesPerSecondMax * PATIENCE_SECONDS; // Asking once closes nobody.
    connection.allowance = Math.max(connection.allowance - messages, owed);
    connection.address.allowance -= messages; // Judging bounds what an address owes.
  }

  /** Reading a long message takes long, whatever comes of it. */
  weigh(connection: Connection, { length }: Frame): void {
    if (length >= PIECE_BYTES) this.charge(connection, Math.floor(length / PIECE_BYTES));
  }

  get #addressRate(): number {
    return this.#limits.messagesPerSecondMax * this.#limits.addressRateFactor;
  }
}

const filled = (allowance: number, rate: number, seconds: number): number => {
  return Math.min(allowance + rate * Math.max(0, seconds), rate * BURST_SECONDS);
};

/** So many bytes more count as one message more. */
const PIECE_BYTES = 4_096;
/** So much may come at once after silence. */
const BURST_SECONDS = 2;
/** Who keeps sending so much too much is closed. */
const PATIENCE_SECONDS = 5;

/** IPv6 hosts own a whole /64: it counts as one address. IPv4 inside IPv6 counts as IPv4. */
export function addressKey(text: string): string {
  if (!text.includes(":")) return text;
  const groups = groupsOf(text);
  if (groups.slice(0, 5).every((it) => it === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  const net = groups.slice(0, 4).map((it) => it.toString(16));
  return `${net.join(":")}::/64`;
}

/** The eight numbers of an IPv6 address, however it is written. */
export function groupsOf(text: string): readonly number[] {
  const { hostname } = new URL(`http://[${text.replace(/%.*/, "")}]`); // One spelling of many.
  const [before = [], after = []] = hostname.slice(1, -1).split("::").map(numbersIn);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

const numbersIn = (text: string): readonly number[] => {
  return text === "" ? [] : text.split(":").map((it) => Number.parseInt(it, 16));
};
