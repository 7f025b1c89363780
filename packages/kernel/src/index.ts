/** Words everyone shares. */
export { type Chance, systemChance } from "./chance.ts";
export { type Clock, type Millis, systemClock } from "./clock.ts";
export {
  type ConfigOf,
  type ConfigRow,
  type Environment,
  flag,
  integer,
  list,
  oneOf,
  type Parsed,
  type Schema,
  type Setting,
  type Source,
  schema,
  text,
} from "./config.ts";
export { Deadlines } from "./deadlines.ts";
export { Digest, type DigestValue, isSameDigest } from "./digest.ts";
export {
  type Code,
  catalogue,
  type Facts,
  type Failure,
  fail,
  ok,
  type Result,
  sentence,
} from "./faults.ts";
export {
  type GatewayId,
  ID_BYTES_MAX,
  parseRoomId,
  parseUserId,
  type RoomId,
  type SessionId,
  shardOf,
  type UserId,
} from "./ids.ts";
export { type Level, type Log, silentLog } from "./log.ts";
export { LATENCY_SECONDS, Spread } from "./spread.ts";
