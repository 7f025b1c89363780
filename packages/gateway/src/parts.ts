/** The parts of a gateway, put together: who asks whom. */
import type { Told } from "@roundhouse/domain";
import { CatchUps } from "./catch-ups.ts";
import type { Connection, Voice } from "./connection.ts";
import { Crowd } from "./crowd.ts";
import { Dialogue } from "./dialogue.ts";
import { Errands } from "./errands.ts";
import { Halls } from "./halls.ts";
import { Inboxes } from "./inboxes.ts";
import type { Doorkeeper } from "./limits.ts";
import { Naming } from "./naming.ts";
import type { GatewayOptions } from "./options.ts";
import type { Outlet } from "./outlet.ts";
import { Patience } from "./patience.ts";
import { Proving } from "./proving.ts";
import { Renewal } from "./renewal.ts";
import { Repairs } from "./repairs.ts";
import { Restoration } from "./restoration.ts";
import { Roll } from "./roll.ts";
import type { GatewayStats } from "./stats.ts";
import { Surveys } from "./surveys.ts";
import { noteWords } from "./unread.ts";
import { Watches } from "./watches.ts";

/** What all of them have at hand. */
type Ground = {
  readonly options: GatewayOptions;
  readonly door: Doorkeeper;
  readonly voices: readonly Voice[];
  readonly outlet: Outlet;
  readonly stats: GatewayStats;
};

export type Parts = ReturnType<typeof assemble>;

export function assemble({ options, door, voices, outlet, stats }: Ground) {
  const { bus, clock, id, identity, limits, log, shards } = options;
  const crowd = new Crowd(limits);
  const inboxes = new Inboxes(id, bus);
  const catchUps: CatchUps = new CatchUps({
    append: (shard, command) => inboxes.append(shard, command).ok,
    round: () => repairs.round,
    release: (connection, command) => dialogue.ask(connection, command),
  });
  const halls: Halls = new Halls({
    shards,
    outlet,
    inspect: (hall) => patience.inspect(hall),
    inspectBytes: limits.softBytes,
    hear: (connection, heard) => {
      noteWords(connection, heard, clock.now());
      dialogue.push(connection, heard);
    },
  });
  const roll = new Roll({ shards, clock, crowd, halls, catchUps, inboxes, stats });
  const watches: Watches = new Watches({
    shards,
    outlet,
    voices,
    ask: (on, shard, users) => inboxes.append(shard, { on, users }).ok,
    mirror: (shard) => roll.mirror(shard).watches,
    answer: (connection, statuses) => dialogue.push(connection, { on: "statuses", statuses }),
    hear: (connection, heard) => dialogue.push(connection, heard),
  });
  const patience: Patience = new Patience({
    door,
    crowd,
    stats,
    clock,
    log,
    input: (connection, input) => dialogue.input(connection, input),
  });
  const crashed = (connection: Connection, cause: unknown): void => {
    patience.crashed(connection, cause);
  };
  const common = { shards, clock, crowd, halls, inboxes, watches, stats };
  const dialogue: Dialogue = new Dialogue({
    ...common,
    catchUps,
    limits,
    outlet,
    door,
    patience,
    identify: (connection, asked) => naming.identify(connection, asked),
    err: (connection, asked) => errands.begin(connection, asked),
    survey: (connection, asked) => surveys.begin(connection, asked),
    logOut: (connection) => renewal.renew(connection),
    mint: identity.mint,
    crashed,
  });
  const naming = new Naming({ shards, identity, crowd, inboxes, dialogue });
  const surveys = new Surveys({ shards, clock, stats, inboxes, dialogue, server: options.server });
  const errands: Errands = new Errands({
    ...{ shards, clock, crowd, inboxes, dialogue, stats, crashed },
    proving: new Proving(options),
    renew: (connection) => renewal.renew(connection),
  });

  const renewed = { inboxes, crowd, catchUps, errands, watches, roll, dialogue };
  const renewal: Renewal = new Renewal(renewed);

  /** Seats first, then words: what comes after this in the room's order is heard. */
  const tell = (connection: Connection, told: Told): void => {
    roll.told(connection, told);
    catchUps.told(connection.session, told);
    if (told.on === "refused") stats.refuse(told.code);
    if (told.on === "sent")
      door.charge(connection, Math.floor((told.kept ?? 0) / KEPT_PER_MESSAGE));
    const heard = errands.told(connection, told);
    if (heard === undefined) return;
    if (heard.on === "notices") roll.noticed(connection, heard.until);
    // It comes all at once, so the reader gets the time that a slow one has to read it.
    if (isMuch(heard)) connection.patientUntil = clock.now() + limits.slowMs;
    dialogue.push(connection, { on: "told", told: heard });
  };
  const restoration = new Restoration({ crowd, halls, watches, roll, catchUps, tell });
  const repairs: Repairs = new Repairs({ ...common, roll, restoration, log });
  return {
    ...{ crowd, inboxes, catchUps, halls, roll, watches, patience, dialogue, repairs },
    ...{ errands, surveys, renewal, tell },
  };
}

/** What is said to so many who are away costs as much as one message more. */
const KEPT_PER_MESSAGE = 10;

/** What waited for somebody who was away: up to a megabyte. */
function isMuch(told: Told): boolean {
  return told.on === "mail" || (told.on === "notices" && told.kept);
}
