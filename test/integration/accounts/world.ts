/**
 * What may be true of two people, ana and ben, and of ana's room: each thing they ask for leads from
 * the worlds that are possible to those that still are after its answer. Pure.
 */

export type Who = "ana" | "ben";
export const other = (who: Who): Who => (who === "ana" ? "ben" : "ana");

export type World = {
  /** Undefined: there is no such account. */
  readonly passwords: Readonly<Record<Who, string | undefined>>;
  readonly areFriends: boolean;
  /** Ana's request waits for ben's word. */
  readonly isAsked: boolean;
  /** Who is a member of ana's room. */
  readonly room: "none" | "ana" | "both";
  /**
   * Texts that wait for who is away. Friend and room each have an order; between the two there is none,
   * for they reach the mailbox from two shards.
   */
  readonly mail: Texts;
  /**
   * What was told, in order: the last of it is told again if the session is lost before that was surely
   * got. Words of a room only if they waited: who is there hears them from the room.
   */
  readonly told: Texts;
  /** The same of a session that ended in good order: told again only if the crash came at once. */
  readonly parted: Texts;
  /** A whisper to who was there, and not yet known to be heard: if that connection breaks first, it waits. */
  readonly untold: Texts;
  /** The same of what was said in the room: it may wait. */
  readonly unheard: Texts;
};
type Texts = Readonly<Record<Who, readonly string[]>>;

const NO_TEXTS: Texts = { ana: [], ben: [] };
export const nothing: World = {
  passwords: { ana: undefined, ben: undefined },
  areFriends: false,
  isAsked: false,
  room: "none",
  mail: NO_TEXTS,
  told: NO_TEXTS,
  parted: NO_TEXTS,
  untold: NO_TEXTS,
  unheard: NO_TEXTS,
};

/** "killed" is what happens to all: processes end at once. */
export type Deed = { readonly on: "killed" } | Wish;

/** What can be asked for: a crash is nobody's wish. */
export type Wish = OfUser | OfTwo | OfRoom;

type OfUser =
  | { readonly on: "signUp"; readonly who: Who; readonly password: string }
  | { readonly on: "logIn"; readonly who: Who; readonly password: string; readonly kept: Kept }
  | { readonly on: "logOut"; readonly who: Who }
  | { readonly on: "change"; readonly who: Who; readonly from: string; readonly to: string }
  | { readonly on: "resign"; readonly who: Who; readonly password: string };

/** Ana asks, ben answers; the other one of a message surely was away, or not. */
type OfTwo =
  | { readonly on: "ask" }
  | { readonly on: "approve" }
  | { readonly on: "reject" }
  | { readonly on: "unfriend"; readonly who: Who }
  | ({ readonly on: "whisper" } & Message);

/** The room is ana's; ben enters it, and may be taken out by both. */
type OfRoom =
  | { readonly on: "create" }
  | { readonly on: "enter" }
  | { readonly on: "expel"; readonly by: Who }
  | { readonly on: "dissolve" }
  | ({ readonly on: "say" } & Message);

type Message = {
  readonly who: Who;
  readonly text: string;
  readonly isAway: boolean;
};

type Spoken = Message & { readonly on: "whisper" | "say" };

/** What came with a log-in from the mailbox; undefined when it could not be seen. */
type Kept = readonly string[] | undefined;

/** A number of the protocol; undefined: the answer was lost, or says that nobody knows. */
export type Answer = number | undefined;

const DONE = 900;

/** The worlds that are possible after it: none, if this cannot have been the answer. */
export function after(before: World, deed: Deed, answer: Answer): readonly World[] {
  // Whoever goes on has heard what was said to him.
  const isGoingOn = deed.on !== "logIn" && deed.on !== "killed";
  const world = isGoingOn ? heard(before) : before;
  const done = succeeding(world, deed);
  if (answer === undefined) return done === undefined ? [world] : [world, done];
  if (answer === DONE) return done === undefined ? [] : [done];
  return refusalsOf(world, deed).includes(answer) ? [world] : [];
}

/** The world in which it succeeded; undefined if it cannot in this one. */
function succeeding(world: World, deed: Deed): World | undefined {
  switch (deed.on) {
    case "killed":
      return withoutPeace(world);
    case "signUp":
    case "logIn":
    case "logOut":
    case "change":
    case "resign":
      return asUser(world, deed);
    case "ask":
      return !isThere(world, "ben") ? undefined : { ...world, isAsked: !world.areFriends };
    case "approve":
      return world.isAsked ? { ...world, areFriends: true, isAsked: false } : undefined;
    case "reject":
      return world.isAsked ? { ...world, isAsked: false } : undefined;
    case "unfriend":
      return world.areFriends ? { ...world, areFriends: false } : undefined;
    case "whisper":
      return world.areFriends ? mailed(world, deed) : undefined;
    case "create":
    case "enter":
    case "expel":
    case "dissolve":
    case "say":
      return inRoom(world, deed);
  }
}

function asUser(world: World, deed: OfUser): World | undefined {
  const { who } = deed;
  const password = world.passwords[who];
  switch (deed.on) {
    case "signUp":
      return password === undefined ? withPassword(world, who, deed.password) : undefined;
    case "logIn":
      return password === deed.password ? greeted(world, who, deed.kept) : undefined;
    case "logOut":
      return {
        ...world,
        told: { ...world.told, [who]: [] },
        parted: { ...world.parted, [who]: world.told[who] },
      };
    case "change":
      return password === deed.from ? withPassword(world, who, deed.to) : undefined;
    case "resign":
      return password === deed.password ? withoutUser(world, who) : undefined;
  }
}

/** What came must be what waited; perhaps behind what was told before, or before what nobody heard. */
function greeted(world: World, who: Who, kept: Kept): World | undefined {
  if (kept === undefined) return world; // Nobody got anything: all of it still waits.
  const waited = [...world.mail[who], ...world.untold[who]];
  const told = world.told[who];
  const possible = [0, ...told.keys()].map((from) => [...told.slice(from), ...waited]);
  possible.push(waited);
  const unheard = world.unheard[who];
  const isOne = (texts: readonly string[]): boolean => {
    return isSame(kept, texts) || isSame(kept, [...texts, ...unheard]);
  };
  if (!possible.some(isOne)) return undefined;
  return {
    ...world,
    mail: { ...world.mail, [who]: [] },
    told: { ...world.told, [who]: kept },
    parted: { ...world.parted, [who]: [] },
    untold: { ...world.untold, [who]: [] },
    unheard: { ...world.unheard, [who]: [] },
  };
}

/** What was whispered is told by now, though nobody knows yet that it was surely got. */
function heard(world: World): World {
  const { told, untold } = world;
  const all = { ana: [...told.ana, ...untold.ana], ben: [...told.ben, ...untold.ben] };
  return { ...world, told: all, untold: NO_TEXTS, unheard: NO_TEXTS };
}

function withoutUser(world: World, who: Who): World {
  const { room } = world;
  return {
    ...world,
    passwords: { ...world.passwords, [who]: undefined },
    areFriends: false,
    isAsked: false,
    room: who === "ana" || room === "none" ? "none" : "ana",
    mail: { ...world.mail, [who]: [] },
    told: { ...world.told, [who]: [] },
    parted: { ...world.parted, [who]: [] },
    untold: { ...world.untold, [who]: [] },
    unheard: NO_TEXTS,
  };
}

/** Those who had parted a moment ago may not have been heard. */
function withoutPeace(world: World): World {
  const { told, parted } = world;
  const again = { ana: [...told.ana, ...parted.ana], ben: [...told.ben, ...parted.ben] };
  return { ...world, told: again, parted: NO_TEXTS };
}

function inRoom(world: World, deed: OfRoom): World | undefined {
  const { room } = world;
  switch (deed.on) {
    case "create":
      return room === "none" ? { ...world, room: "ana" } : undefined;
    case "enter":
      return room === "none" ? undefined : { ...world, room: "both" };
    case "expel":
      return room === "both" ? { ...world, room: "ana" } : undefined;
    case "dissolve":
      return room === "none" ? undefined : { ...world, room: "none" };
    case "say":
      if (!isMember(world, deed.who)) return undefined;
      return isMember(world, other(deed.who)) ? mailed(world, deed) : world;
  }
}

/** Every number that may refuse this, in this world. */
function refusalsOf(world: World, deed: Deed): readonly number[] {
  const { room } = world;
  const isSomebody = "who" in deed && world.passwords[other(deed.who)] !== undefined;
  switch (deed.on) {
    case "signUp":
      return world.passwords[deed.who] === undefined ? [] : [400];
    case "logIn":
      return world.passwords[deed.who] === deed.password ? [] : [403];
    case "change":
      return world.passwords[deed.who] === deed.from ? [] : [403];
    case "resign":
      return world.passwords[deed.who] === deed.password ? [] : [403];
    case "logOut":
    case "killed":
      return [];
    case "ask":
      return isThere(world, "ben") ? [] : [300];
    case "approve":
    case "reject":
      return world.isAsked ? [] : [801];
    case "unfriend":
    case "whisper":
      if (world.areFriends) return [];
      return isSomebody ? [801] : [300];
    case "create":
      return room === "none" ? [] : [401];
    case "enter":
    case "dissolve":
      return room === "none" ? [301] : [];
    case "expel":
      if (room === "none") return [301];
      return room === "both" ? [] : [300];
    case "say":
      if (room === "none") return [301];
      return isMember(world, deed.who) ? [] : [801];
  }
}

function mailed(world: World, { on, who, text, isAway }: Spoken): World {
  const to = other(who);
  const just = { ...NO_TEXTS, [to]: [text] };
  if (!isAway) return { ...world, ...(on === "say" ? { unheard: just } : { untold: just }) };
  return { ...world, mail: { ...world.mail, [to]: [...world.mail[to], text] } };
}

function withPassword(world: World, who: Who, password: string): World {
  return { ...world, passwords: { ...world.passwords, [who]: password } };
}

const isThere = ({ passwords }: World, who: Who): boolean => passwords[who] !== undefined;
const isMember = ({ room }: World, who: Who): boolean => room === "both" || room === who;
const isSame = (some: readonly string[], others: readonly string[]): boolean => {
  return String(bySource(some)) === String(bySource(others));
};

/** A text begins with the deed that said it. */
const bySource = (texts: readonly string[]): readonly string[] => [
  ...texts.filter((text) => text.startsWith("whisper")),
  ...texts.filter((text) => !text.startsWith("whisper")),
];
