/** The limits, all of them: everything has one, and a named answer when it is reached. */
import { integer } from "@roundhouse/kernel";

const NO_LIMIT = "no limit";

// biome-ignore format: the numbers on one line, the reason below: it reads as a table.
export const connections = {
  connectionsMax: integer({
    default: 15_000, min: 0, max: 10_000_000, unit: "connections", zeroMeans: NO_LIMIT,
    why: "Each holds a file open; never more than the process's file limit less 256.",
  }),
  connectionsPerAddressMax: integer({
    default: 1_000, min: 0, max: 10_000_000, unit: "connections", zeroMeans: NO_LIMIT,
    why: "One machine must not take every seat; high, since a school shares one address.",
  }),
  messagesPerSecondMax: integer({
    default: 100, min: 0, max: 1_000_000, unit: "messages/s per connection", zeroMeans: NO_LIMIT,
    why: "Everything said is relayed to a whole room; 0 switches the address's limit off too.",
  }),
  addressRateFactor: integer({
    default: 50, min: 1, max: 1_000_000, unit: "connections' rates",
    why: "One address may send as much as this many connections at their full rate.",
  }),
  messageBytesMax: integer({
    default: 65_536, min: 1_024, max: 1_048_576, unit: "bytes",
    why: "A message is held whole, and once for every slow reader of its room.",
  }),
  messageDepthMax: integer({
    default: 32, min: 4, max: 1_000, unit: "levels",
    why: "Deeply nested JSON costs the reader stack and time far beyond its size.",
  }),
  actionsPerMessageMax: integer({
    default: 256, min: 1, max: 65_536, unit: "actions",
    why: "Each is decided and numbered by itself, so one message must not carry thousands.",
  }),
  identifyMs: integer({
    default: 30_000, min: 1_000, max: 600_000, unit: "ms",
    why: "A connection that neither says who it is nor asks anything gives its seat back.",
  }),
  silenceSeconds: integer({
    default: 40, min: 8, max: 240, unit: "s",
    why: "A peer that answers nothing within it is gone: so long a pulled cable looks online; with SCRP 5 s more at most.",
  }),
};

// biome-ignore format: the numbers on one line, the reason below: it reads as a table.
export const rooms = {
  roomsPerUserMax: integer({
    default: 100, min: 1, max: 100_000, unit: "rooms",
    why: "Every room of a user must be told when the user leaves.",
  }),
  membersPerRoomMax: integer({
    default: 10_000, min: 2, max: 1_000_000, unit: "members",
    why: "One action costs as many deliveries as the room has members.",
  }),
  subscriptionsPerConnectionMax: integer({
    default: 2_000, min: 1, max: 1_000_000, unit: "users",
    why: "A connection costs memory for every user whose presence it watches.",
  }),
  sessionsPerUserMax: integer({
    default: 100, min: 1, max: 100_000, unit: "sessions",
    why: "Devices and tabs of one user; each is part of the user's record.",
  }),
  invitesPerMessageMax: integer({
    default: 100, min: 1, max: 10_000, unit: "users",
    why: "One joingame must not ring at thousands of doors.",
  }),
  invitesQueuedMax: integer({
    default: 100, min: 0, max: 10_000, unit: "invites", zeroMeans: "none wait",
    why: "Invites that wait for an offline user; the oldest is dropped for a newer one.",
  }),
  thereMax: integer({
    default: 1_000, min: 1, max: 100_000, unit: "users",
    why: "The longest answer to whothere; the whole list could be the whole world.",
  }),
};

// biome-ignore format: the numbers on one line, the reason below: it reads as a table.
export const accounts = {
  friendsPerUserMax: integer({
    default: 1_000, min: 1, max: 100_000, unit: "friends",
    why: "Each is told when the other comes and goes, and is part of the account's record.",
  }),
  requestsPerUserMax: integer({
    default: 100, min: 1, max: 10_000, unit: "requests",
    why: "Friend requests that wait for one user's answer; beyond it the asker is refused.",
  }),
  mailMax: integer({
    default: 1_000, min: 1, max: 100_000, unit: "notices",
    why: "What is kept for a user who is away; the oldest is dropped for a newer one, and counted.",
  }),
  mailBytesMax: integer({
    default: 1_048_576, min: 8_192, max: 67_108_864, unit: "bytes",
    why: "The same, bounded by size: all of it is told at the next log-in.",
  }),
  passwordsWaitingMax: integer({
    default: 2_048, min: 16, max: 100_000, unit: "passwords",
    why: "Two are hashed at a time, some 10 ms each; beyond it the answer is passwords_busy.",
  }),
  passwordsPerAddressMax: integer({
    default: 64, min: 0, max: 100_000, unit: "passwords", zeroMeans: NO_LIMIT,
    why: "The same for one address; addresses are taken in turn. Behind a TCP proxy all share one: 0.",
  }),
  signUpsPerMinute: integer({
    default: 60, min: 0, max: 100_000, unit: "accounts per address", zeroMeans: NO_LIMIT,
    why: "New accounts that one address may ask for; each is kept. Behind a TCP proxy all share one: 0.",
  }),
  wrongPasswordsPerMinute: integer({
    default: 30, min: 0, max: 100_000, unit: "passwords per address", zeroMeans: NO_LIMIT,
    why: "Beyond it only who logged in from there before may; each name and room has its own five.",
  }),
};

// biome-ignore format: the numbers on one line, the reason below: it reads as a table.
export const queues = {
  backlogSoftBytes: integer({
    default: 65_536, min: 1_024, max: 16_777_216, unit: "bytes",
    why: "A reader with more than this waiting lags; it has BACKLOG_MS to catch up.",
  }),
  backlogHardBytes: integer({
    default: 262_144, min: 4_096, max: 67_108_864, unit: "bytes",
    why: "With more waiting, the reader is closed instead of skipping what it must not miss.",
  }),
  backlogMs: integer({
    default: 5_000, min: 100, max: 300_000, unit: "ms",
    why: "How long a reader may stay above the soft backlog before it is closed.",
  }),
  recordsMax: integer({
    default: 1_000_000, min: 1_000, max: 1_000_000_000, unit: "records",
    why: "Beyond it nobody signs up, no room is created, and nothing waits for names without a record.",
  }),
  inboxCommandsMax: integer({
    default: 65_536, min: 64, max: 1_048_576, unit: "commands per shard",
    why: "Beyond it a command is refused with inbox_full instead of growing the queue of its node.",
  }),
  historyEventsMax: integer({
    default: 256, min: 1, max: 65_536, unit: "events per room",
    why: "What a room remembers for those who come back.",
  }),
  historyBytesMax: integer({
    default: 262_144, min: 1_024, max: 67_108_864, unit: "bytes per room",
    why: "The same memory, bounded by size.",
  }),
  historyMs: integer({
    default: 120_000, min: 0, max: 3_600_000, unit: "ms",
    why: "The same memory, bounded by age: looked at when something happens or somebody returns.",
  }),
  resumeMs: integer({
    default: 120_000, min: 0, max: 600_000, unit: "ms",
    why: "How long a session that can be resumed outlives its connection.",
  }),
  presenceGraceMs: integer({
    default: 0, min: 0, max: 60_000, unit: "ms",
    why: "How long a lost connection is kept quiet: a reconnect within it is never announced.",
  }),
};

// biome-ignore format: the numbers on one line, the reason below: it reads as a table.
export const cluster = {
  inboxEntriesMax: integer({
    default: 65_536, min: 64, max: 10_000_000, unit: "batches per shard",
    why: "What waits in Redis for an owner; beyond it nodes keep what they have, then refuse.",
  }),
  shardHistoryBytesMax: integer({
    default: 16_777_216, min: 65_536, max: 1_073_741_824, unit: "bytes per shard",
    why: "Commits that Redis keeps, for gateways that missed frames and for a new owner's rooms.",
  }),
  drainPerSecond: integer({
    default: 500, min: 1, max: 100_000, unit: "connections/s",
    why: "How fast a gateway that ends asks its clients to move; faster if 15 s would not be enough.",
  }),
};
