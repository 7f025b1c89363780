/** The numbers that tests play by unless they say otherwise: round ones, near the real defaults. */
import type { Rules } from "@roundhouse/domain";
import type { GatewayOptions } from "@roundhouse/gateway";
import type { Bounds } from "@roundhouse/protocol";

export const rules: Rules = {
  sessions: "many",
  sessionsPerUserMax: 10,
  roomsPerUserMax: 10,
  membersPerRoomMax: 100,
  invitesQueuedMax: 100,
  friendsMax: 1000,
  requestsMax: 100,
  mailMax: 1000,
  mailBytesMax: 1_048_576,
  historyEventsMax: 256,
  historyBytesMax: 262_144,
  historyMs: 120_000,
  resumeMs: 60_000,
  presenceGraceMs: 0,
};

export const bounds: Bounds = {
  depthMax: 32,
  actionsMax: 256,
  invitesMax: 100,
  subscriptionsMax: 1000,
  identifyMs: 30_000,
};

export const limits: GatewayOptions["limits"] = {
  connectionsMax: 0,
  connectionsPerAddressMax: 0,
  messagesPerSecondMax: 0,
  addressRateFactor: 50,
  softBytes: 65_536,
  hardBytes: 262_144,
  slowMs: 5_000,
  thereMax: 1000,
  subscriptionsMax: 1000,
  signUpsPerMinuteMax: 0,
  wrongPasswordsPerMinuteMax: 30,
  messageBytesMax: 65_536,
};
