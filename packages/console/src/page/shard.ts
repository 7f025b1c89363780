/** Where an id lives: Abs(Crc32(Id)) % K, the one formula of the whole house. */

const utf8 = new TextEncoder();

/** CRC-32/IEEE over the UTF-8 bytes, as a signed 32-bit integer: the sign matters. */
export function crc32(text: string): number {
  let rest = -1;
  for (const byte of utf8.encode(text)) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xed_b8_83_20 : 0);
  }
  return ~rest;
}

export function shardOf(id: string, shardCount: number): number {
  return Math.abs(crc32(id)) % shardCount;
}

/** The calculation spelled out, for a reader who wants to redo it. */
export function workings(id: string, shardCount: number): string {
  const signed = crc32(id);
  const hex = (signed >>> 0).toString(16).padStart(8, "0");
  return `Crc32 = 0x${hex} = ${signed}; |${signed}| % ${shardCount} = ${shardOf(id, shardCount)}`;
}

/** K as the server tells it, or undefined when it does not. */
export async function discoverShardCount(): Promise<number | undefined> {
  try {
    const answer: unknown = await (await fetch("/topology")).json();
    if (typeof answer !== "object" || answer === null || !("k" in answer)) return undefined;
    return Number.isSafeInteger(answer.k) && Number(answer.k) > 0 ? Number(answer.k) : undefined;
  } catch {
    return undefined;
  }
}
