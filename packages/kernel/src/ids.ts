/** The names of things, each a type of its own, and the one formula that says which shard owns them. */
import crc32 from "crc-32";
import { fail, ok, type Result } from "./faults.ts";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Branded<"UserId">;
export type RoomId = Branded<"RoomId">;
/** One user's stay on one device; outlives its connection for the resume window. */
export type SessionId = Branded<"SessionId">;
/** A gateway's one life: its incarnation. Another life of the same process is another gateway. */
export type GatewayId = Branded<"GatewayId">;

export const ID_BYTES_MAX = 256;

/** An id is opaque: 1 to 256 bytes of well-formed UTF-8. Nothing in it is parsed. */
export function parseUserId(given: unknown): Result<UserId> {
  const problem = problemOf(given);
  return problem === undefined ? ok(given as UserId) : fail("name_invalid", { problem });
}

export function parseRoomId(given: unknown): Result<RoomId> {
  const problem = problemOf(given);
  return problem === undefined ? ok(given as RoomId) : fail("room_name_invalid", { problem });
}

/**
 * Abs(Crc32(id)) % K over the UTF-8 bytes, with the CRC as a signed 32-bit integer.
 * Abs of -2147483648 is 2147483648: a JavaScript number holds it.
 */
export function shardOf(id: string, shards: number): number {
  return Math.abs(crc32.str(id)) % shards;
}

function problemOf(given: unknown): string | undefined {
  if (typeof given !== "string") return "it is not text";
  if (given.length === 0) return "it is empty";
  if (given.length > ID_BYTES_MAX) return "it is too long";
  // Only an id that could exceed the bound in UTF-8 pays for counting its bytes.
  if (given.length * 3 > ID_BYTES_MAX && utf8.encode(given).length > ID_BYTES_MAX) {
    return "it is too long";
  }
  return isWellFormed(given) ? undefined : "it holds half a surrogate pair";
}

/** A lone surrogate has no UTF-8: two such ids would become one on the wire. */
function isWellFormed(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(index + 1);
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    index++;
  }
  return true;
}

const utf8 = new TextEncoder();
