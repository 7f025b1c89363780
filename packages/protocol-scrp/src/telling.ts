/** Something happened that nobody on this connection asked for: pushes, and whom it hears of. */
import type { Notice, RoomEvent, Status } from "@roundhouse/domain";
import type { Code, RoomId, UserId } from "@roundhouse/kernel";
import type { Input } from "@roundhouse/protocol";
import * as circles from "./circle.ts";
import { reasonOf } from "./errors.ts";
import { goOn } from "./hearing.ts";
import * as tails from "./pushes.ts";
import { abandon, type Live, leave, move, push, type Turn } from "./session.ts";

/** Of a room where the session has a seat. Whoever did it is not told of it. */
export function heard(turn: Turn, { room, events, frames }: Heard): void {
  for (const [index, event] of events.entries()) {
    const { session } = turn;
    if (session.at !== "live") return;
    const live = regroup(turn, session, room, event);
    const tail = frames[index];
    if (typeof tail === "string" && isNews(session, event)) push(turn, live, tail);
  }
}

type Heard = Omit<Extract<Input<unknown>, { on: "heard" }>, "on">;

function isNews({ me: { user }, circle }: Live, event: RoomEvent): boolean {
  switch (event.on) {
    case "game":
      return false;
    case "joined":
    case "left":
      return event.user !== user && event.by !== user;
    case "said":
      return event.from !== user;
    case "enrolled":
      return event.user !== user && event.by !== user;
    case "expelled":
      // Once for each user that is gone, however many rooms they shared.
      if (event.why === "deleted")
        return event.user !== user && circles.isKnown(circle, event.user);
      return event.user !== user && event.by !== user;
    case "titled":
      return event.by !== user;
  }
}

/** Who is a member now, and who is no longer. */
function regroup(turn: Turn, live: Live, room: RoomId, event: RoomEvent): Live {
  const { circle, me } = live;
  switch (event.on) {
    case "enrolled": {
      if (event.user === me.user) return live;
      const most = turn.bounds.subscriptionsMax;
      return move(turn, live, circles.meet(circle, room, event.user, most));
    }
    case "expelled":
      if (event.why === "deleted") return move(turn, live, circles.forget(circle, event.user));
      return move(turn, live, circles.part(circle, room, event.user));
    default:
      return live;
  }
}

/** The others in a room, as they are when the session sits down there. */
export function seated(turn: Turn, room: RoomId, mates: readonly UserId[] | undefined): void {
  const { bounds, session } = turn;
  if (session.at !== "live" || mates === undefined) return;
  const others = mates.filter((user) => user !== session.me.user);
  move(turn, session, circles.meetAll(session.circle, room, others, bounds.subscriptionsMax));
}

export function unseated(turn: Turn, room: RoomId): void {
  const { session } = turn;
  if (session.at === "live") move(turn, session, circles.leave(session.circle, room));
}

/** What was kept is news to the client, but not to the session: its account says how things stand. */
export function noticed(turn: Turn, notices: readonly Notice[], isKept: boolean): void {
  const gone = new Set<UserId>();
  for (const notice of notices) {
    const { session } = turn;
    if (session.at !== "live") return;
    if (isOldNews(session, notice, isKept, gone)) continue;
    const tail = tails.noticeTail(notice, session.me.user);
    push(turn, isKept ? session : reconsider(turn, session, notice), tail);
  }
  if (isKept) acknowledge(turn);
}

/** Somebody is gone: as a friend, as a mate, or both; that is told once. */
function isOldNews(live: Live, notice: Notice, isKept: boolean, gone: Set<UserId>): boolean {
  const isGone =
    notice.on === "deleted" || (notice.on === "unfriended" && notice.why === "deleted");
  if (!isGone) return false;
  const isTold = isKept ? gone.has(notice.user) : !circles.isKnown(live.circle, notice.user);
  gone.add(notice.user);
  return isTold;
}

function reconsider(turn: Turn, live: Live, notice: Notice): Live {
  const { circle } = live;
  switch (notice.on) {
    case "approved": {
      if (!("user" in notice.by)) return live;
      const most = turn.bounds.subscriptionsMax;
      return move(turn, live, circles.befriend(circle, [notice.by.user], most));
    }
    case "unfriended":
      if (notice.why === "deleted") return move(turn, live, circles.forget(circle, notice.user));
      return move(turn, live, circles.unfriend(circle, notice.user));
    case "deleted":
      return move(turn, live, circles.forget(circle, notice.user));
    case "expelled":
    case "roomRemoved":
      return move(turn, live, circles.leave(circle, notice.room));
    default:
      return live;
  }
}

/** What was kept is sent: now comes what the client said meanwhile, and then the sign that it came. */
function acknowledge(turn: Turn): void {
  const { session } = turn;
  if (session.at !== "live") return;
  const running = session.running.filter(({ isAnswered }) => isAnswered !== true);
  turn.session = { ...session, running, unheeded: session.waiting.length };
  goOn(turn);
}

export function changed(turn: Turn, user: UserId, was: Status, status: Status): void {
  const { session } = turn;
  if (session.at !== "live" || !circles.isWatched(session.circle, user)) return;
  const isHere = status !== "offline";
  if (isHere === (was !== "offline")) return; // To be busy or away is to be online.
  push(turn, session, isHere ? tails.cameOnline(user) : tails.wentOffline(user));
}

type About = Extract<Input<unknown>, { on: "about" }>;

export function renamed(turn: Turn, { user, nickname, description }: About): void {
  const { session } = turn;
  if (session.at !== "live" || !circles.isWatched(session.circle, user)) return;
  let live = session;
  if (nickname !== undefined) live = push(turn, live, tails.nicknameChanged(user, nickname));
  if (description !== undefined) push(turn, live, tails.descriptionChanged(user, description));
}

/** The session is over, the connection stays: whoever it was may log in again. */
export function ended(turn: Turn, code: Code): void {
  const { session } = turn;
  if (session.at === "over" || session.at === "leaving") return;
  abandon(turn, session.running, code);
  if (session.at === "live") push(turn, session, tails.forcedOff(reasonOf(code)));
  leave(turn);
}
