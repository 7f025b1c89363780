/** Which slot of a Redis Cluster a key lies in, and who serves which slots: the cluster's own rules. */
import type { RedisAddress } from "./redis-url.ts";

export type SlotRange = RedisAddress & { readonly first: number; readonly last: number };

/** CRC-16/XMODEM of what stands between the braces, modulo 16384. */
export function slotOf(key: string): number {
  const open = key.indexOf("{");
  const close = key.indexOf("}", open + 1);
  const tag = open >= 0 && close > open + 1 ? key.slice(open + 1, close) : key;
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    crc &= 0xffff;
  }
  return crc % SLOTS;
}

/** Reads CLUSTER SLOTS: only the primaries. A nameless host is the one that was asked. */
export function readSlots(reply: unknown, asked: string): readonly SlotRange[] {
  const ranges = reply as readonly (readonly [number, number, readonly [unknown, number]])[];
  return ranges.map(([first, last, [host, port]]) => {
    const name = host === null ? "" : String(host);
    return { first, last, host: name === "" || name === "?" ? asked : name, port };
  });
}

/** Where `MOVED 3999 127.0.0.1:6381` and `ASK …` lead; undefined: they do not say. */
export function readRedirection(message: string, asked: string): RedisAddress | undefined {
  const parts = /^(?:MOVED|ASK) \d+ (.*):(\d+)$/.exec(message);
  if (parts === null) return undefined;
  const [, host = "", port = ""] = parts;
  return { host: host === "" || host === "?" ? asked : host, port: Number(port) };
}

const SLOTS = 16_384;
