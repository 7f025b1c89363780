/** One stay in a room: greets, answers newcomers, keeps the world, and says that we are still here. */
import type { Action } from "../wire/message.ts";
import { type Place, rounded, startPlace } from "./place.ts";
import { type Play, parsePlay } from "./play.ts";
import { apply, emptyWorld, forget, sweep, type World } from "./world.ts";

type RoomOptions = {
  readonly self: string;
  readonly channel: string;
  readonly send: (command: string, data: unknown) => void;
  readonly changed: (world: World) => void;
};

export type Room = {
  readonly channel: string;
  world(): World;
  /** Joins, or joins again after the connection was lost: the engine goes back to where it was. */
  enter(invite: readonly string[]): void;
  hear(actions: readonly Action[], seq: number | undefined): void;
  say(play: Play): void;
  /** Presence says that this user is offline: the engine goes at once. */
  lost(name: string): void;
  /** `aloud` tells the others and the server; it is false when neither would hear. */
  leave(aloud: boolean): void;
};

export function openRoom({ self, channel, send, changed }: RoomOptions): Room {
  let world = emptyWorld(self);
  let wish: Place | undefined;
  let saidAtMs = 0;
  let answer: ReturnType<typeof setTimeout> | undefined;
  const beat = setInterval(tick, TICK_MS);
  document.addEventListener("visibilitychange", here);

  function become(next: World): void {
    if (next === world) return;
    world = next;
    changed(world);
  }

  function tick(): void {
    become(sweep(world, performance.now()));
    const silentMs = performance.now() - saidAtMs;
    if (world.helloSeq === undefined) {
      if (silentMs > HELLO_AGAIN_MS) room.say({ do: "hello" });
    } else if (silentMs > (document.hidden ? DOZING_BEAT_MS : BEAT_MS)) here();
  }

  /** Says where we are; a newcomer first takes a place that nobody it has heard of stands on. */
  function here(): void {
    clearTimeout(answer);
    answer = undefined;
    if (world.helloSeq === undefined) return;
    const { table, seq, engines } = world;
    const others = [...engines].filter(([name]) => name !== self).map(([, it]) => it.place);
    const engine = engines.get(self)?.place ?? wish ?? startPlace(others);
    const known = table.known ? { table: ((table.step % 16) + 16) % 16 } : {};
    const dozing = document.hidden ? { dozing: true } : {};
    room.say({ do: "here", engine: rounded(engine), asOf: seq, ...known, ...dozing });
  }

  function hearOne({ from, data }: Action, seq: number): void {
    const play = parsePlay(data);
    if (play === undefined) return;
    become(apply(world, { from, seq, play, nowMs: performance.now() }));
    // One answer serves all who asked meanwhile; chance keeps the members from answering at once.
    if (play.do === "hello")
      answer ??= setTimeout(here, from === self ? GATHER_MS : Math.random() * SPREAD_MS);
  }

  const room: Room = {
    channel,
    world: () => world,
    enter(invite) {
      wish = world.engines.get(self)?.place;
      become({ ...emptyWorld(self), table: { known: false, step: world.table.step } });
      send("joingame", { channel, self, invite });
      room.say({ do: "hello" });
    },
    hear(actions, seq) {
      for (const [index, action] of actions.entries()) {
        hearOne(action, seq === undefined ? world.seq + 1 : seq + index);
      }
      // Browsers slow the timers of hidden tabs, but not what the network brings.
      if (document.hidden) tick();
    },
    say(play) {
      saidAtMs = performance.now();
      send("game", { channel, actions: [{ data: play }] });
    },
    lost: (name) => become(forget(world, name)),
    leave(aloud) {
      clearInterval(beat);
      clearTimeout(answer);
      document.removeEventListener("visibilitychange", here);
      if (!aloud) return;
      room.say({ do: "bye" });
      send("leavegame", { channel });
    },
  };
  return room;
}

/** Whether a refusal says that one cannot come in now. */
export const isShut = (code: string): boolean => SHUT.has(code);

const SHUT: ReadonlySet<string> = new Set([
  "room_full",
  "rooms_limit",
  "room_name_invalid",
  "room_closed",
  "room_locked",
  "room_barred",
]);
const TICK_MS = 1_000;
const HELLO_AGAIN_MS = 2_000;
const GATHER_MS = 400; // How long a newcomer listens before it takes a place.
const SPREAD_MS = 250;
const BEAT_MS = 5_000;
const DOZING_BEAT_MS = 45_000;
