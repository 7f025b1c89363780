// Words of its rooms: notices wait in the mailbox until they are got (receipts.test.ts).
import type { Command, Notice } from "@roundhouse/domain";
import type { RoomId, UserId } from "@roundhouse/kernel";
import { type Actor, parrot, Stage } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";

let stage: Stage;
let ana: Actor;

beforeEach(() => enter(parrot()));

function enter(protocol: ReturnType<typeof parrot>): void {
  stage = new Stage({ protocols: [protocol] });
  ana = stage.connect();
  ana.asks({ to: "identify", attach: { user: "ana", means: "account", takesNotices: true } });
  attach();
}

function attach(): void {
  const about = { nickname: "", description: "", friends: [], rooms: [], turn: 1 };
  const account = { born: 7, ...about };
  stage.tell(ana.session, { on: "attached", user: ANA, resumed: undefined, account });
  stage.tell(ana.session, { on: "seated", room: PIT, seq });
  stage.asked();
}

const ANA = "ana" as UserId;
const PIT = "pit" as RoomId;
let seq = 0;
/** What is said in the room, and the notice that is made of it. */
const words = (id: number, text = "") => ({ id, at: 0, from: "ben" as UserId, text }) as const;
const noticeOf = (it: ReturnType<typeof words>): Notice => ({ on: "words", room: PIT, ...it });
const say = (...said: readonly ReturnType<typeof words>[]): void => {
  const events = said.map((it) => ({ on: "said", seq: ++seq, ...it }) as const);
  stage.say({ to: "room", room: PIT, events });
};
const says = (): void => ana.asks({ to: "send", reply: {} });
const closes = (isGoodbye: boolean): void => ana.socket.leaves(isGoodbye);

const given = () => {
  const isDetach = (it: Command) => it.on === "detach";
  return stage.asked().find(isDetach) as Extract<Command, { on: "detach" }> | undefined;
};
const ids = () => given()?.unread?.notices.map(([notice]) => ("id" in notice ? notice.id : 0));

describe("of the words of others in its rooms, a connection", () => {
  it("that is lost gives back what it has not shown to have, and how long ago that was", () => {
    say(words(1), words(2));
    stage.passes(3);
    say(words(3));
    closes(false);
    const notices = [
      [noticeOf(words(1)), 3_000],
      [noticeOf(words(2)), 3_000],
      [noticeOf(words(3)), 0],
    ];
    expect(given()).toMatchObject({ how: "lost", unread: { born: 7, notices } });
  });

  it("has what was told a while before it said something", () => {
    say(words(1));
    stage.passes(6);
    say(words(2));
    says();
    closes(false);
    expect(ids()).toEqual([2]);
  });

  it("that says goodbye has all of it", () => {
    say(words(1));
    closes(true);
    const { session } = ana;
    expect(given()).toEqual({ on: "detach", user: ANA, session, how: "left", got: 0 });
  });

  it("that said its last word before gives back what came behind that", () => {
    say(words(1));
    stage.gateway.ending(ana.connection);
    say(words(2));
    stage.passes(6);
    says(); // It was on its way before.
    closes(true);
    expect(ids()).toEqual([2]);
  });

  it("that is asked to move is well, and has it", () => {
    say(words(1));
    stage.gateway.close();
    expect(given()).toMatchObject({ how: "lost" });
    expect(ids()).toBeUndefined();
  });

  it("whose session was replaced gives it back when it proves dead", () => {
    const former = ana.session;
    say(words(1));
    stage.tell(former, { on: "ended", code: "session_replaced" });
    ana.asks({ to: "logOut" });
    expect(given()).not.toHaveProperty("unread");
    closes(false);
    expect(given()).toMatchObject({ session: former, unread: { born: 7 } });
  });

  it("whose session was replaced has it when it says something, or goodbye", () => {
    say(words(1));
    stage.tell(ana.session, { on: "ended", code: "session_replaced" });
    ana.asks({ to: "logOut" });
    stage.passes(6);
    says();
    stage.asked();
    closes(false);
    expect(given()).toBeUndefined();
    enter(parrot());
    say(words(1));
    stage.tell(ana.session, { on: "ended", code: "session_replaced" });
    ana.asks({ to: "logOut" });
    stage.asked();
    closes(true);
    expect(given()).toBeUndefined();
  });

  it("that is somebody else by now gives back nothing of the former one's", () => {
    say(words(1));
    stage.tell(ana.session, { on: "ended", code: "session_replaced" });
    ana.asks({ to: "logOut" });
    ana.asks({ to: "identify", attach: { user: "ana", means: "account", takesNotices: true } });
    attach();
    say(words(2));
    closes(false);
    expect(ids()).toEqual([2]);
  });

  it("that logs out has it", () => {
    say(words(1));
    ana.asks({ to: "logOut" });
    expect(given()).not.toHaveProperty("unread");
  });

  it("gives back no more than a few: the last", () => {
    for (let id = 0; id < 100; id++) say(words(id));
    closes(false);
    expect(ids()).toEqual(Array.from({ length: 64 }, (_, index) => 36 + index));
  });

  it("gives back no more than the last 64 KiB", () => {
    for (let id = 0; id < 50; id++) say(words(id, "x".repeat(4_000)));
    closes(false);
    expect(ids()).toEqual(Array.from({ length: 15 }, (_, index) => 35 + index));
  });

  it("gives back nothing so old that TCP would have found out", () => {
    say(words(1));
    stage.passes(17 * 60);
    say(words(2));
    closes(false);
    expect(ids()).toEqual([2]);
  });

  it("gives back nothing that it said itself, nor other events", () => {
    const own = { on: "said", seq: ++seq, ...words(1), from: ANA } as const;
    stage.say({ to: "room", room: PIT, events: [own] });
    closes(false);
    expect(given()).not.toHaveProperty("unread");
  });
});

it("a WebSocket, which is pinged, gives back nothing older than a minute", () => {
  const websocket = { over: "websocket", subprotocol: "parrot", isDefault: true } as const;
  enter({ ...parrot(), carrier: { ...websocket, frames: "text" } });
  say(words(1));
  stage.passes(61);
  say(words(2));
  closes(false);
  expect(ids()).toEqual([2]);
});
