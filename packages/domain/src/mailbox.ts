/**
 * What a user is told personally: at once on all devices that take notices, and kept until somebody has
 * surely got it. So it outlives whatever it is on its way through. Bounded: the oldest makes room, and
 * of what nobody was told that is counted.
 */
import type { SessionId, UserId } from "@roundhouse/kernel";
import type { Unread } from "./command.ts";
import type { Notice } from "./notice.ts";
import { type Box, type Mail, mailKey } from "./record.ts";
import type { Scene } from "./scene.ts";
import { isOpen, keepBox, type Stay, type User } from "./user.ts";

/** To all devices that take notices, and kept. Nobody without an account is told. */
export function receive(user: User, notice: Notice, scene: Scene): void {
  if (user.account === undefined) return;
  const there = user.stays.filter(isTaking);
  const number = post(user, notice, scene);
  if (there.length === 0 && number !== undefined) scene.effects.mailKept++;
  const until = number === undefined ? undefined : number + 1;
  const told = { on: "notices", notices: [notice], kept: false, until } as const;
  for (const stay of there) {
    // Who missed one before, because its gateway took it for lost, is told all that at its next log-in.
    if (stay.mailUntil === number) stay.mailUntil++;
    scene.effects.tellSession(stay.gateway, stay.session, told);
  }
}

/** To the devices that take notices now, but for one; whoever is away need never hear of it. */
export function tellHere(user: User, notice: Notice, scene: Scene, but?: SessionId): void {
  const told = { on: "notices", notices: [notice], kept: false } as const;
  for (const stay of user.stays) {
    const { gateway, session } = stay;
    if (isTaking(stay) && session !== but) scene.effects.tellSession(gateway, session, told);
  }
}

/**
 * A session is gone, and perhaps never got this. It is told again, or kept; but not if another session
 * was here already when it was told, which has it then. Of one that was replaced nobody knows whom by.
 */
export function takeBack(user: User, { born, notices, isReplaced }: Returned, scene: Scene): void {
  const { account } = user;
  if (account?.born !== born) return;
  const there = user.stays.filter(isTaking);
  for (const [notice, ago] of notices) {
    if (notice.on === "words" && !account.rooms.includes(notice.room)) continue;
    if (!isReplaced && there.some(({ since }) => since < scene.now - ago)) continue;
    receive(user, notice, scene);
  }
}

type Returned = Unread & { readonly isReplaced: boolean };

/** What a session that begins is told: all that waits and that nobody has surely got. */
export function due(user: User, stay: Stay, scene: Scene): readonly Notice[] {
  if (!stay.takesNotices) return NOTHING;
  const { got = 0 } = user.box;
  // Whoever had it is gone, perhaps with the whole process, and fetches nothing any more.
  if (user.stays.every(({ mailUntil }) => mailUntil === 0)) discard(user, got, scene);
  const from = Math.max(stay.mailUntil, got);
  stay.mailUntil = endOf(user.box);
  if (from < stay.mailUntil) stay.waitedUntil = stay.mailUntil;
  return read(user, { from }, scene);
}

/** Somebody surely has what is before this number: it is told to nobody any more. */
export function haveGot(user: User, until: number, scene: Scene): void {
  const { first, got = first } = user.box;
  if (until <= Math.max(first, got)) return;
  // Deaths that were got are told anew: another life may have had that name since.
  const { gone, ...box } = user.box;
  const isAll = gone === undefined || until >= endOf(user.box);
  keepBox(user, { ...box, got: until, ...(!isAll && { gone }) }, scene);
  // What waited stays for who fetches it, but not with ever more behind it.
  const waitedUntil = Math.max(...user.stays.map((stay) => stay.waitedUntil));
  const isFetchable = waitedUntil > first && until - waitedUntil < FETCHABLE_BEHIND;
  if (!isFetchable) discard(user, until, scene);
}

/** What this session was told and somebody surely has. */
export function gotBy({ box }: User, { mailUntil }: Stay): number {
  return Math.min(mailUntil, box.got ?? 0);
}

/** What is kept between two numbers, the oldest first. */
export function read({ id, box }: User, span: Span, { effects, shard }: Scene): readonly Notice[] {
  const end = endOf(box);
  const notices: Notice[] = [];
  const { from = 0, until = end } = span;
  for (let number = Math.max(from, box.first); number < Math.min(until, end); number++) {
    const key = mailKey(id, number);
    // What this batch kept is not in the store yet.
    const mail = effects.records.has(key) ? effects.records.get(key) : shard.loaded.get(key);
    if (mail !== undefined) notices.push(mail as Mail);
  }
  return notices;
}

/** Everything before this number was got. */
export function discard(user: User, until: number, scene: Scene): void {
  const { first, sizes } = user.box;
  const count = Math.min(until - first, sizes.length);
  if (count > 0) drop(user, count, scene);
}

/** The box and all that is in it are no more. */
export function empty(user: User, scene: Scene): void {
  discard(user, Number.POSITIVE_INFINITY, scene);
}

/** Answers with its number; undefined: it is there already, told of a friend, or in a room. */
function post(user: User, notice: Notice, scene: Scene): number | undefined {
  const { effects, rules } = scene;
  const { box } = user;
  const mourned = mournedBy(notice);
  if (mourned !== undefined && box.gone?.includes(mourned)) return undefined;
  const number = endOf(box);
  effects.records.set(mailKey(user.id, number), notice);
  const gone = [...(box.gone ?? []), ...(mourned === undefined ? [] : [mourned])].slice(-GONE_MAX);
  const sizes = [...box.sizes, weigh(notice)];
  keepBox(user, { ...box, sizes, ...(gone.length > 0 && { gone }) }, scene);
  const surplus = surplusOf(sizes, rules);
  if (surplus === 0) return number;
  const toldUntil = Math.max(box.first, box.got ?? 0, ...user.stays.map((it) => it.mailUntil));
  effects.mailDropped += Math.max(0, box.first + surplus - toldUntil);
  drop(user, surplus, scene);
  return number;
}

/** How many of the oldest must go. */
function surplusOf(sizes: readonly number[], { mailMax, mailBytesMax }: Scene["rules"]): number {
  let bytes = sizes.reduce((sum, size) => sum + size, 0);
  let surplus = 0;
  while (sizes.length - surplus > mailMax || bytes > mailBytesMax) bytes -= sizes[surplus++] ?? 0;
  return surplus;
}

function drop(user: User, count: number, scene: Scene): void {
  const { first, sizes, gone, got = 0 } = user.box;
  for (let number = first; number < first + count; number++) {
    scene.effects.records.set(mailKey(user.id, number), undefined);
  }
  const left = sizes.slice(count);
  const kept: Box = {
    first: first + count,
    sizes: left,
    ...(gone !== undefined && left.length > 0 && { gone }),
    ...(got > first + count && { got }),
  };
  keepBox(user, kept, scene);
}

/** Whose account is gone. */
function mournedBy(notice: Notice): UserId | undefined {
  const isDeath =
    notice.on === "deleted" || (notice.on === "unfriended" && notice.why === "deleted");
  return isDeath ? notice.user : undefined;
}

const isTaking = (stay: Stay): boolean => stay.takesNotices && isOpen(stay);
const endOf = ({ first, sizes }: Box): number => first + sizes.length;

type Span = { readonly from?: number; readonly until?: number };

const weigh = (notice: Notice): number => utf8.encode(JSON.stringify(notice)).length;
const NOTHING: readonly Notice[] = [];
/** Of what was told since, and got. */
const FETCHABLE_BEHIND = 64;
/** Names that are kept at once: enough for the friends whom one rarely loses. */
const GONE_MAX = 16;
const utf8 = new TextEncoder();
