/** What every protocol owes its users, said once: `own` is the one under test, `other` whoever is met. */
import { expect } from "vitest";
import type { House } from "../house.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { Person, Tongue } from "./tongue.ts";

export type Case = {
  readonly inn: House;
  readonly here: Neighbourhood;
  readonly own: Tongue;
  readonly other: Tongue;
};
export type Behaviour = {
  readonly name: string;
  readonly run: (it: Case) => Promise<void>;
  /** What the others speak makes no difference: one protocol beside it is enough. */
  readonly isOwn?: boolean;
};

export const behaviours: readonly Behaviour[] = [
  { name: "sees a friend come and go, once each", run: presence },
  { name: "sees others come to a room and leave it, once each", run: comings },
  { name: "hears everybody's words in one order, nobody's twice", run: oneOrder },
  { name: "keeps a registered name from who cannot prove it", run: protection, isOwn: true },
  { name: "lets guests in, who are heard like everybody", run: guests },
  { name: "serves two sessions of one user side by side", run: sessions, isOwn: true },
  { name: "bears nonsense, and goes on", run: nonsense, isOwn: true },
  { name: "closes who does not read, and nobody else pays for it", run: slowReader, isOwn: true },
  { name: "refuses a room too many, and goes on", run: roomsLimit, isOwn: true },
  { name: "refuses a member too many, and goes on", run: membersLimit, isOwn: true },
  { name: "gets what was said in its room while it was away, in order and once", run: away },
  { name: "gets a private message of a friend", run: whisper },
];

async function presence({ inn, here, own, other }: Case): Promise<void> {
  const [watcher, friend] = [await here.account(), await here.account()];
  await here.befriend(watcher, friend);
  const ana = await own.arrive(inn, watcher);
  await ana.watch(friend.user);
  const transitions = (): readonly string[] => ana.transitions(friend.user);
  const seen = (count: number): Promise<true> => {
    return ana.until(() => transitions().length >= count || undefined, `${count} changes`);
  };
  const first = await other.arrive(inn, friend);
  await seen(1);
  await first.leave();
  await seen(2);
  await other.arrive(inn, friend);
  await seen(3);
  expect(transitions()).toEqual(["online", "offline", "online"]);
}

async function comings({ inn, here, own, other }: Case): Promise<void> {
  const room = await here.room();
  const ana = await own.arrive(inn, await here.account());
  const ben = await other.arrive(inn, await here.account());
  await seated(ana, room);
  await seated(ben, room);
  await ben.rise(room);
  await seated(ben, room);
  await heard(ben, [ana], room, "that was all");
  const [come, gone] = [`+${ben.user}`, `-${ben.user}`];
  expect(ana.comings(room)).toEqual([come, gone, come]);
}

async function oneOrder({ inn, here, own, other }: Case): Promise<void> {
  const room = await here.room();
  const people: Person[] = [];
  for (const tongue of [own, other, own, other]) {
    const person = await tongue.arrive(inn, await here.account());
    await seated(person, room);
    people.push(person);
  }
  const numbers = Array.from({ length: WORDS_EACH }, (_, n) => n);
  await Promise.all(
    people.map(async (person) => {
      for (const n of numbers) await person.say(room, `word ${n}`);
    }),
  );
  const count = WORDS_EACH * people.length;
  for (const person of people) {
    await person.until(() => person.words(room).length >= count || undefined, "every word");
  }
  for (const speaker of people) await heard(speaker, people, room, `the end of ${speaker.user}`);
  const [first, ...rest] = people.map((person) => person.words(room));
  for (const words of rest) expect(words).toEqual(first);
  expect(new Set(first).size).toBe(first?.length);
  for (const { user } of people) {
    const own = first?.filter((word) => word.startsWith(`${user}: word`));
    expect(own).toEqual(numbers.map((n) => `${user}: word ${n}`));
  }
}

async function protection({ inn, here, own, other }: Case): Promise<void> {
  const account = await here.account();
  expect(await own.intrude(inn, account.user)).toBe("refused");
  const rightful = await other.arrive(inn, account);
  expect(await own.intrude(inn, account.user)).toBe("refused");
  expect(rightful.isOver()).toBe(false);
}

async function guests({ inn, here, own, other }: Case): Promise<void> {
  const room = await here.room();
  const guest = await own.arriveAsGuest(inn, here.name());
  const ben = await other.arrive(inn, await here.account());
  await seated(guest, room);
  await seated(ben, room);
  await heard(guest, [ben], room, "I am nobody");
  await heard(ben, [guest], room, "welcome");
}

async function sessions({ inn, here, own, other }: Case): Promise<void> {
  const room = await here.room();
  const account = await here.account();
  const [first, second] = [await own.arrive(inn, account), await own.arrive(inn, account)];
  const ben = await other.arrive(inn, await here.account());
  for (const person of [first, second, ben])
    expect([person.user, await person.sit(room)]).toEqual([person.user, "in"]);
  await heard(ben, [second], room, "to both");
  await heard(ben, [first], room, "again");
}

async function nonsense({ inn, here, own, other }: Case): Promise<void> {
  const room = await here.room();
  const ana = await own.arrive(inn, await here.account());
  const ben = await other.arrive(inn, await here.account());
  await seated(ana, room);
  await seated(ben, room);
  await ana.talkNonsense();
  await heard(ana, [ben], room, "I am still there");
  await heard(ben, [ana], room, "so am I");
}

async function slowReader({ inn, here, own, other }: Case): Promise<void> {
  const room = await here.room();
  const sleeper = await own.arrive(inn, await here.account());
  const [ben, cal] = [
    await other.arrive(inn, await here.account()),
    await other.arrive(inn, await here.account()),
  ];
  for (const person of [sleeper, ben, cal]) await seated(person, room);
  const closes = (): Promise<number> => inn.server.metric("roundhouse_slow_closes_total");
  const before = await closes();
  sleeper.sleep();
  let said = 0;
  while ((await closes()) === before && said < WORDS_MAX) {
    for (let n = 0; n < 50; n++) await ben.say(room, `${said++} ${LONG}`);
    await cal.until(() => cal.words(room).length === said || undefined, "every word");
  }
  expect(await closes()).toBe(before + 1);
  sleeper.wake();
  await sleeper.until(() => sleeper.isOver() || undefined, "its end");
  const missed = sleeper.words(room);
  expect(missed).toEqual(cal.words(room).slice(0, missed.length)); // Never a hole.
  expect([ben.isOver(), cal.isOver()]).toEqual([false, false]);
}

async function roomsLimit({ inn, here, own, other }: Case): Promise<void> {
  const ana = await own.arrive(inn, await here.account());
  const ben = await other.arrive(inn, await here.account());
  const rooms: string[] = [];
  for (let n = 0; n < ROOMS_MAX; n++) rooms.push(await here.room());
  for (const room of rooms) await seated(ana, room);
  await ana.sit(await here.room()); // A seat may be taken back a moment later.
  await ana.until(() => ana.refusals()[0], "a refusal");
  expect(ana.refusals()).toHaveLength(1);
  const [room = ""] = rooms;
  await seated(ben, room);
  await heard(ana, [ben], room, "three are enough");
}

async function membersLimit({ inn, here, own, other }: Case): Promise<void> {
  const room = await here.room(); // Its owner is one of them.
  const ben = await other.arrive(inn, await here.account());
  await seated(ben, room);
  for (let n = 2; n < MEMBERS_MAX; n++) {
    await seated(await other.arrive(inn, await here.account()), room);
  }
  const ana = await own.arrive(inn, await here.account());
  expect(await ana.sit(room)).not.toBe("in");
  const elsewhere = await here.room();
  await seated(ana, elsewhere);
  await seated(ben, elsewhere);
  await heard(ana, [ben], elsewhere, "then here");
}

async function away({ inn, here, own, other }: Case): Promise<void> {
  const member = await here.account();
  const room = await here.room(member);
  const ben = await other.arrive(inn, await here.account());
  await seated(ben, room);
  const words = ["one", "two", "three"];
  for (const text of words) await ben.say(room, text);
  await ben.until(() => ben.words(room).length === words.length || undefined, "its own words");
  const kept = words.map((text) => `${ben.user}: ${text}`);
  const ana = await own.arrive(inn, member);
  expect(await settledWords(ana, ben, room)).toEqual([...kept, `${ben.user}: ${FENCE} 1`]);
  await ana.leave();
  const again = await own.arrive(inn, member);
  expect(await settledWords(again, ben, room, 2)).toEqual([`${ben.user}: ${FENCE} 2`]);
}

async function whisper({ inn, here, own, other }: Case): Promise<void> {
  const [account, friend] = [await here.account(), await here.account()];
  const room = await here.room();
  await here.befriend(account, friend);
  const [ana, ben] = [
    await own.arrive(inn, account),
    await other.arrive(inn, await here.account()),
  ];
  await here.whisper(friend, account, "psst");
  await seated(ana, room);
  await seated(ben, room);
  await heard(ben, [ana], room, "aloud");
  expect(ana.whispers()).toEqual(["psst"]);
}

/** All that somebody was told of a room before a word that is said now. */
async function settledWords(
  listener: Person,
  speaker: Person,
  room: string,
  time = 1,
): Promise<readonly string[]> {
  await seated(listener, room);
  await heard(speaker, [listener], room, `${FENCE} ${time}`);
  return listener.words(room);
}

async function seated(person: Person, room: string): Promise<void> {
  expect(await person.sit(room), `${person.user} in ${room}`).toBe("in");
}

/** Says it, and waits until all these have heard it; each must be able to. */
async function heard(
  speaker: Person,
  listeners: readonly Person[],
  room: string,
  text: string,
): Promise<void> {
  await speaker.say(room, text);
  const word = `${speaker.user}: ${text}`;
  await speaker.until(() => speaker.words(room).includes(word) || undefined, word);
  for (const listener of listeners) {
    await listener.until(() => listener.words(room).includes(word) || undefined, word);
  }
}

/** What the house of the suite is set to. */
export const ROOMS_MAX = 3;
export const MEMBERS_MAX = 5;
const WORDS_EACH = 10;
const WORDS_MAX = 5_000;
const LONG = "é".repeat(4_000);
const FENCE = "from now on";
