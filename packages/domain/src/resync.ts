/**
 * A gateway and its shard compare what they know. The gateway knows its connections, the shard
 * decides seats and statuses: each corrects what the other knows better.
 */
import type { GatewayId, RoomId, SessionId } from "@roundhouse/kernel";
import type { Resync } from "./command.ts";
import { bytesOf } from "./history.ts";
import type { Snapshot, Status } from "./item.ts";
import { since } from "./room.ts";
import type { Scene } from "./scene.ts";
import { makeWhole, type Room } from "./seats.ts";
import { lose, reopen } from "./sessions.ts";
import type { ShardState } from "./state.ts";
import { unwatch, watch } from "./watches.ts";

type SeenRoom = Snapshot["rooms"][number];
type Named = Resync["rooms"][number];

export function resync(state: ShardState, command: Resync, scene: Scene): void {
  const sessions = agreeOnSessions(state, command.sessions, scene);
  const seats = agreeOnSeats(state, command.rooms, scene);
  const watches = agreeOnWatches(state, command.watches, scene);
  scene.effects.tell([scene.gateway], {
    to: "snapshot",
    round: command.round,
    repaired: {
      sessions: sessions.repaired,
      seats: seats.repaired,
      watches: watches.repaired,
    },
    known: sessions.known,
    strangers: sessions.strangers,
    rooms: seats.rooms,
    statuses: watches.statuses,
  });
}

/** Who is open here and not there is lost; who is there and waited for here is back. */
function agreeOnSessions(state: ShardState, named: Resync["sessions"], scene: Scene) {
  const there = new Set(named.map(([session]) => session));
  let repaired = 0;
  for (const user of state.users.values()) {
    const lost = lose(user, (session) => !there.has(session), scene);
    repaired += lost.length;
    if (lost.length > 0) scene.touched.push(user.id);
  }
  const known: (readonly [SessionId, readonly RoomId[]])[] = [];
  const strangers: SessionId[] = [];
  for (const [session, id] of named) {
    const user = state.users.get(id);
    const stay = user?.stays.find((it) => it.session === session);
    if (user === undefined || stay === undefined) strangers.push(session);
    else {
      if (reopen(user, stay, scene)) repaired++;
      known.push([session, [...stay.rooms]]);
    }
  }
  return { known, strangers, repaired };
}

/** Rooms that either of the two knows the gateway to have seats in. */
function agreeOnSeats(state: ShardState, named: Resync["rooms"], scene: Scene) {
  const rooms: SeenRoom[] = [];
  let [repaired, bytes] = [0, 0];
  for (const it of named) {
    const room = state.rooms.get(it.room);
    if (room !== undefined) repaired += wholeAgain(room, it.sessions, scene);
    const told = room === undefined ? gone(it) : seen(room, it, scene);
    bytes += told.events.reduce((sum, event) => sum + bytesOf(event), 0);
    // One snapshot is one commit: beyond its bound the clients are told how much they missed.
    rooms.push(bytes <= SNAPSHOT_BYTES_MAX ? told : withoutEvents(told, it.after));
  }
  const there = new Set(named.map(({ room }) => room));
  for (const room of state.rooms.values()) {
    if (there.has(room.id) || !room.gateways.has(scene.gateway)) continue;
    rooms.push(seen(room, { room: room.id, sessions: [], after: room.seq }, scene));
  }
  return { rooms, repaired };
}

/** Connections that are there hear their rooms. */
function wholeAgain(room: Room, sessions: readonly SessionId[], scene: Scene): number {
  let repaired = 0;
  for (const session of sessions) {
    const seat = room.seats.get(session);
    if (seat === undefined || seat.gateway !== scene.gateway || !seat.isParted) continue;
    makeWhole(room, session, seat, scene);
    repaired++;
  }
  return repaired;
}

function seen(room: Room, { sessions, after }: Named, scene: Scene): SeenRoom {
  const here = seatedAt(room, scene.gateway);
  const there = new Set(sessions);
  room.open = undefined; // What happens from here on comes after the snapshot.
  const heard = here.size > 0 ? since(room, after, scene) : NOTHING_HEARD;
  return {
    room: room.id,
    seq: room.seq,
    ...heard,
    seated: [...here].filter((session) => !there.has(session)),
    unseated: sessions.filter((session) => !here.has(session)),
  };
}

const withoutEvents = (told: SeenRoom, after: number): SeenRoom => {
  return { ...told, events: [], lost: Math.max(0, told.seq - after) };
};

const gone = ({ room, sessions }: Named): SeenRoom => {
  return { room, seq: 0, ...NOTHING_HEARD, seated: [], unseated: sessions };
};

function seatedAt(room: Room, gateway: GatewayId): ReadonlySet<SessionId> {
  const seated = new Set<SessionId>();
  if (!room.gateways.has(gateway)) return seated;
  for (const [session, seat] of room.seats) {
    if (seat.gateway === gateway && !seat.isParted) seated.add(session);
  }
  return seated;
}

/** The gateway watches whom it says, and nobody else. */
function agreeOnWatches(state: ShardState, named: Resync["watches"], scene: Scene) {
  const { watchers, users } = state;
  const there = new Set(named);
  let repaired = 0;
  for (const id of watchers.keys()) {
    if (!there.has(id) && unwatch(watchers, id, scene)) repaired++;
  }
  for (const id of there) if (watch(watchers, id, scene)) repaired++;
  const statuses = [...there].map((id): readonly [typeof id, Status] => {
    return [id, users.get(id)?.status ?? "offline"];
  });
  return { statuses, repaired };
}

/** The events of all rooms together in one snapshot. */
export const SNAPSHOT_BYTES_MAX = 4_194_304;
const NOTHING_HEARD = { events: [], lost: 0 } as const;
