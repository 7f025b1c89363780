/** Which shard an id belongs to, Abs(Crc32(Id)) % K, reckoned here once more: a client may do that itself. */

export type Topology = { readonly k: number; readonly shards: readonly string[] };

/** CRC-32/IEEE over the UTF-8 bytes, as a signed 32-bit integer, absolute value, modulo K. */
export function shardOf(id: string, k: number): number {
  return Math.abs(signedCrc32(id)) % k;
}

function signedCrc32(id: string): number {
  let crc = -1;
  for (const byte of new TextEncoder().encode(id)) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  }
  return crc ^ -1;
}

/** The vectors of the design, section 2: what every implementation must agree on. */
const vectors: readonly Vector[] = [
  { id: "1:12345", signed: 995_006_546, shards: [0, 2, 1, 2] },
  { id: "1:2345", signed: 82_020_795, shards: [1, 0, 0, 3] },
  { id: "1:789", signed: -1_404_323_576, shards: [0, 2, 1, 0] },
  { id: "CStrike", signed: 1_395_012_559, shards: [1, 1, 4, 7] },
  { id: "game:User2", signed: -1_097_655_155, shards: [1, 2, 0, 3] },
  { id: "TurntableGame", signed: 844_114_930, shards: [0, 1, 0, 2] },
  { id: "", signed: 0, shards: [0, 0, 0, 0] },
];

type Vector = { readonly id: string; readonly signed: number; readonly shards: readonly number[] };

/** The K of each column of the vectors. */
const COLUMNS = [2, 3, 5, 8] as const;

export type Routed = { readonly checked: number; readonly wrong: readonly string[] };

/** Holds our formula against the vectors, and what `/topology` says against the formula. */
export function routed(topology: Topology): Routed {
  const { k, shards } = topology;
  const claims: readonly Claim[] = [
    ...vectors.flatMap(({ id, signed, shards: expected }) => [
      { what: `crc32 of "${id}"`, is: signedCrc32(id), expected: signed },
      ...COLUMNS.map((column, index) => {
        return { what: `"${id}" of ${column}`, is: shardOf(id, column), expected: expected[index] };
      }),
      // Each vector leads to an address, whatever K is here.
      {
        what: `address of "${id}"`,
        is: isAddress(shards[Math.abs(signed) % k]),
        expected: true,
      },
    ]),
    { what: "addresses in /topology, one for each shard", is: shards.length, expected: k },
    { what: "K is a number of shards", is: Number.isInteger(k) && k > 0, expected: true },
    { what: "every address is one", is: shards.every(isAddress), expected: true },
  ];
  const wrong = claims.filter(({ is, expected }) => is !== expected);
  return {
    checked: claims.length,
    wrong: wrong.map(({ what, is, expected }) => `${what}: ${is} instead of ${expected}`),
  };
}

type Claim = { readonly what: string; readonly is: unknown; readonly expected: unknown };

/** Where this id's shard is served. */
export function addressOf(id: string, { k, shards }: Topology): string {
  return shards[shardOf(id, k)] ?? "";
}

const isAddress = (text: string | undefined): boolean => /^wss?:\/\/[^/]+/.test(text ?? "");

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
