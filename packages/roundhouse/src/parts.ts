/** From the settings to what each part of the house wants to know of them. */
import { openPasswords, type PasswordQueue } from "@roundhouse/accounts";
import type { Rules } from "@roundhouse/domain";
import type { GatewayOptions } from "@roundhouse/gateway";
import type { Log } from "@roundhouse/kernel";
import type { Bounds } from "@roundhouse/protocol";
import type { Settings } from "./settings.ts";

export function rulesOf(settings: Settings): Rules {
  return {
    sessions: settings.sessions,
    sessionsPerUserMax: settings.sessionsPerUserMax,
    roomsPerUserMax: settings.roomsPerUserMax,
    membersPerRoomMax: settings.membersPerRoomMax,
    invitesQueuedMax: settings.invitesQueuedMax,
    friendsMax: settings.friendsPerUserMax,
    requestsMax: settings.requestsPerUserMax,
    mailMax: settings.mailMax,
    mailBytesMax: settings.mailBytesMax,
    historyEventsMax: settings.historyEventsMax,
    historyBytesMax: settings.historyBytesMax,
    historyMs: settings.historyMs,
    resumeMs: settings.resumeMs,
    presenceGraceMs: settings.presenceGraceMs,
  };
}

/** More at a time would make each log-in slower, and what runs beside them, too. */
export function passwordsOf(settings: Settings, log: Log): PasswordQueue {
  const { passwordsWaitingMax: waitingMax, passwordsPerAddressMax: perAddressMax } = settings;
  return openPasswords({ threads: 2, waitingMax, perAddressMax, log });
}

export function boundsOf(settings: Settings): Bounds {
  return {
    depthMax: settings.messageDepthMax,
    actionsMax: settings.actionsPerMessageMax,
    invitesMax: settings.invitesPerMessageMax,
    subscriptionsMax: settings.subscriptionsPerConnectionMax,
    identifyMs: settings.identifyMs,
  };
}

export function limitsOf(settings: Settings, filesMax: number): GatewayOptions["limits"] {
  return {
    connectionsMax: connectionsMaxOf(settings, filesMax),
    connectionsPerAddressMax: settings.connectionsPerAddressMax,
    messagesPerSecondMax: settings.messagesPerSecondMax,
    addressRateFactor: settings.addressRateFactor,
    softBytes: settings.backlogSoftBytes,
    hardBytes: settings.backlogHardBytes,
    slowMs: settings.backlogMs,
    thereMax: settings.thereMax,
    subscriptionsMax: settings.subscriptionsPerConnectionMax,
    signUpsPerMinuteMax: settings.signUpsPerMinute,
    wrongPasswordsPerMinuteMax: settings.wrongPasswordsPerMinute,
    messageBytesMax: settings.messageBytesMax,
  };
}

/**
 * Every connection holds a file open, and a process without files left serves nobody: not more than
 * fit, whatever the setting says.
 */
export function connectionsMaxOf({ connectionsMax }: Settings, filesMax: number): number {
  const most = Math.max(1, filesMax - FILES_OF_OUR_OWN);
  return connectionsMax === 0 ? most : Math.min(connectionsMax, most);
}

/** Store, log, listeners, operators, and connections that are not upgraded yet. */
const FILES_OF_OUR_OWN = 256;

/** One process serves every shard, under whichever name the asker reached it. */
export function topologyOf({ publicAddress, shards, httpPort }: Settings): Topology {
  return (host) => {
    const address = publicAddress || `ws://${host || `127.0.0.1:${httpPort}`}`;
    return { k: shards, shards: Array.from({ length: shards }, () => address) };
  };
}

export type Topology = (host: string) => {
  readonly k: number;
  /** The public address that serves each shard, in the order of the shards. */
  readonly shards: readonly string[];
};
