/** What Linux says of TCP sockets: lines of /proc/net/tcp and /proc/net/tcp6, whose words stand in the machine's own order. */
import { isIPv6 } from "node:net";
import { groupsOf } from "./limits.ts";

/** Both ends of a connection, as a socket of Node's has them. */
export type Ends = {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
};

export type SocketSeen = {
  /** Bytes that the peer's kernel has not acknowledged, sent or not. */
  readonly unacknowledged: number;
  /** How often the oldest of them was sent again since it last acknowledged anything. */
  readonly retransmits: number;
  /** How often it was asked whether it lives, or has room, since it last answered anything. */
  readonly probes: number;
};

export type Endianness = "LE" | "BE";

/** Where its line is, and what that begins with behind its number. */
export type Place = { readonly table: Table; readonly key: string };
export type Table = "tcp" | "tcp6";

/** It never changes while the connection stands. Undefined: it does not stand any more. */
export function placeOf(ends: Ends, order: Endianness): Place | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = ends;
  if (localAddress === undefined || localPort === undefined) return undefined;
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  const local = `${wordsOf(localAddress, order)}:${portOf(localPort)}`;
  const key = `${local} ${wordsOf(remoteAddress, order)}:${portOf(remotePort)}`;
  return { table: isIPv6(bare(localAddress)) ? "tcp6" : "tcp", key };
}

/** The key of what a line tells of. Undefined: of no connection, as the table's head. */
export function keyIn(line: string, table: Table): string | undefined {
  const begin = line.indexOf(": ") + 2;
  return begin < 2 ? undefined : line.slice(begin, begin + KEY_LENGTHS[table]);
}

/** Undefined: this is no such line. */
export function socketIn(line: string): SocketSeen | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, unacknowledged = "", retransmits = "", probes = ""] = match;
  return {
    unacknowledged: Number.parseInt(unacknowledged, 16),
    retransmits: Number.parseInt(retransmits, 16),
    probes: Number(probes),
  };
}

function wordsOf(address: string, order: Endianness): string {
  const bytes = bytesOf(bare(address));
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4);
    words.push((order === "LE" ? word.reverse() : word).map((byte) => hex(byte, 2)).join(""));
  }
  return words.join("");
}

function bytesOf(address: string): readonly number[] {
  if (!isIPv6(address)) return address.split(".").map(Number);
  // So most are written, and this is ten times as fast.
  if (MAPPED.test(address)) return [...MAPPING, ...bytesOf(address.replace(MAPPED, ""))];
  return groupsOf(address).flatMap((group) => [group >> 8, group & 255]);
}

/** Without the interface behind a link-local one. */
const bare = (address: string): string => address.replace(/%.*/, "");
const portOf = (port: number): string => hex(port, 4);
const hex = (number: number, digits: number): string =>
  number.toString(16).toUpperCase().padStart(digits, "0");

/** IPv4 in IPv6, as Node writes it. */
const MAPPED = /^::ffff:(?=\d+\.)/i;
const MAPPING = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];
/** Two addresses of 8 or 32 digits, each with a port of 4. */
const KEY_LENGTHS = { tcp: 27, tcp6: 75 };
/** number, ends, state, tx:rx, timer:when, retransmits, user, probes, … */
const LINE =
  /^ *\d+: [\dA-F]+:[\dA-F]{4} [\dA-F]+:[\dA-F]{4} [\dA-F]{2} ([\dA-F]+):[\dA-F]+ \d+:[\dA-F]+ ([\dA-F]+) +\d+ +(\d+) /;
