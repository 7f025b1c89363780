/** Two hundred clients that come, go, break off and come back; then every word is accounted for. */
import { expect, it } from "vitest";
import { faultsIn, type Watch } from "../checker.ts";
import type { Client } from "../client.ts";
import { house } from "../house.ts";
import { Chance } from "./chance.ts";
import { Player } from "./player.ts";

const PLAYERS = 200;
const ROOMS = 20;
const WATCHERS = 8;
const LOAD_MS = 8_000;
const STEP_MS = 120;
const ROOMS_EACH = 3;

const inn = house();

it("nothing is lost, doubled or out of order, and presence is true when all is quiet", {
  timeout: 60_000,
}, async () => {
  const seed = Date.now() % 1_000_000;
  const users = Array.from({ length: PLAYERS }, (_, n) => `player ${n}`);
  const watchers = await Promise.all(Array.from({ length: WATCHERS }, () => inn.enter()));
  for (const watcher of watchers) watcher.say("subscribe", users);
  await Promise.all(watchers.map((watcher) => watcher.expect("userchange")));

  const observers = await Promise.all(Array.from({ length: ROOMS }, (_, n) => observe(n)));
  const players = users.map((user) => new Player(user, inn.server.address));
  try {
    const until = performance.now() + LOAD_MS;
    await Promise.all(players.map((it, n) => play(it, new Chance(seed + n), until)));
    await settle(players);
    const watches = await watchesOf(watchers, players);
    const log = {
      said: players.flatMap(({ said }) => said),
      stays: players.flatMap(({ stays }) => stays),
      watches,
    };
    expect(
      players.flatMap(({ faults }) => faults),
      `seed ${seed}`,
    ).toEqual([]);
    expect(faultsIn(log), `seed ${seed}`).toEqual([]);
    for (const observer of observers) expect(holesIn(observer)).toEqual([]);
    // It was a load: thousands of words, heard by many.
    expect(log.said.length).toBeGreaterThan(2_000);
    expect(log.stays.reduce((sum, it) => sum + it.heard.length, 0)).toBeGreaterThan(10_000);
    expect(log.said.filter(({ isSure }) => isSure).length).toBeGreaterThan(log.said.length / 2);
    await isAccounted(players);
  } finally {
    for (const player of players) if (player.isConnected) player.drop();
  }
});

/** Version 2 hears who joins and leaves as well: every number of the room's order. */
async function observe(room: number): Promise<Client> {
  const client = await inn.enter({ subprotocols: ["turntable.v2"] });
  client.sayPacked("joingame", { channel: `room ${room}`, self: `observer ${room}` }, 1);
  await client.expect("ok");
  return client;
}

/** Numbers that an observer did not hear, or not in their turn. */
function holesIn(observer: Client): readonly string[] {
  const holes: string[] = [];
  let next: number | undefined;
  for (const { command, data } of observer.heard) {
    if (!["game", "joined", "left"].includes(command)) continue;
    const seq = Number(data["seq"]);
    if (next !== undefined && seq !== next) holes.push(`no_loss: ${seq} instead of ${next}`);
    const actions = (data["actions"] ?? [0]) as readonly unknown[];
    next = seq + Math.max(1, actions.length);
  }
  return next === undefined ? ["no_loss: nothing was heard"] : holes;
}

/** One player's life: a step, a breath, a step. */
async function play(player: Player, chance: Chance, until: number): Promise<void> {
  await player.enter();
  while (performance.now() < until) {
    await step(player, chance);
    await breath(chance.below(2 * STEP_MS));
  }
}

async function step(player: Player, chance: Chance): Promise<void> {
  if (!player.isConnected) return player.enter();
  const { channels } = player;
  const dice = chance.next();
  if (dice < 0.03) return player.depart();
  if (dice < 0.1) return player.resume();
  if (dice < 0.2 && channels.length > 0) return player.leave(chance.one(channels));
  const room = `room ${chance.below(ROOMS)}`;
  if ((dice < 0.35 || channels.length === 0) && channels.length < ROOMS_EACH) {
    if (!channels.includes(room)) return player.join(room);
  }
  if (channels.length === 0) return;
  const channel = chance.one(channels);
  for (let words = chance.below(4); words > 0; words--) player.say(channel);
  if (dice > 0.9) return player.resume(); // Right behind its words: they may be lost or not.
}

/** A last word of everybody everywhere, heard by everybody who sits there. */
async function settle(players: readonly Player[]): Promise<void> {
  const present = players.filter((it) => it.isConnected);
  const last = present.flatMap((it) => {
    return it.channels.map((channel) => ({ channel, from: it.user, n: it.say(channel) }));
  });
  for (const it of present) {
    for (const { channel, from, n } of last) {
      if (it.channels.includes(channel)) await it.hears(channel, from, n);
    }
  }
}

/** What the watchers were told, once it agrees with what is true; or whatever they have in the end. */
async function watchesOf(
  watchers: readonly Client[],
  players: readonly Player[],
): Promise<readonly Watch[]> {
  const watches: Watch[] = [];
  for (const [index, client] of watchers.entries()) {
    const told = (user: string): readonly string[] => client.statusesOf(user) as string[];
    const isTrue = (): true | undefined => {
      return players.every((it) => told(it.user).at(-1) === it.status) ? true : undefined;
    };
    await client.until(isTrue, "the truth").catch(() => undefined); // The checker says what is not.
    for (const { user, status } of players) {
      watches.push({ watcher: `watcher ${index}`, user, told: told(user), is: status });
    }
  }
  return watches;
}

/** The server's own books agree. */
async function isAccounted(players: readonly Player[]): Promise<void> {
  const { server } = inn;
  const present = players.filter((it) => it.isConnected);
  const seats = present.reduce((sum, it) => sum + it.channels.length, 0);
  const observers = ROOMS; // One in every room.
  expect(await server.metric("roundhouse_connections")).toBe(present.length + observers + WATCHERS);
  expect(await server.metric("roundhouse_rooms")).toBe(ROOMS);
  expect(await server.metric("roundhouse_gateway_rooms")).toBe(ROOMS);
  expect(await server.metric("roundhouse_members")).toBe(seats + observers);
  expect(await server.metric("roundhouse_sessions")).toBe(present.length + observers);
  expect(await server.metric("roundhouse_slow_closes_total")).toBe(0);
}

const breath = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
