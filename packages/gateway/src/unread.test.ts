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
  stage.asked();
}

const ANA = "ana" as UserId;
const whispered = (id: number, text = ""): Notice => {
  return { on: "whispered", id, at: 0, from: "ben" as UserId, text };
};
const tell = (...notices: readonly Notice[]): void => {
  stage.tell(ana.session, { on: "notices", notices, kept: false });
};
const says = (): void => ana.asks({ to: "send", reply: {} });
const closes = (isGoodbye: boolean): void => ana.socket.leaves(isGoodbye);

const given = () => {
  const isDetach = (it: Command) => it.on === "detach";
  return stage.asked().find(isDetach) as Extract<Command, { on: "detach" }> | undefined;
};
const ids = () => given()?.unread?.notices.map(([notice]) => ("id" in notice ? notice.id : 0));

describe("of what it was told personally, a connection", () => {
  it("that is lost gives back what it has not shown to have, and how long ago that was", () => {
    tell(whispered(1), whispered(2));
    stage.passes(3);
    tell(whispered(3));
    closes(false);
    const notices = [
      [whispered(1), 3_000],
      [whispered(2), 3_000],
      [whispered(3), 0],
    ];
    expect(given()).toMatchObject({ how: "lost", unread: { born: 7, notices } });
  });

  it("has what was told a while before it said something", () => {
    tell(whispered(1));
    stage.passes(6);
    tell(whispered(2));
    says();
    closes(false);
    expect(ids()).toEqual([2]);
  });

  it("that says goodbye has all of it", () => {
    tell(whispered(1));
    closes(true);
    expect(given()).toEqual({ on: "detach", user: ANA, session: ana.session, how: "left" });
  });

  it("that said its last word before gives back what came behind that", () => {
    tell(whispered(1));
    stage.gateway.ending(ana.connection);
    tell(whispered(2));
    stage.passes(6);
    says(); // It was on its way before.
    closes(true);
    expect(ids()).toEqual([2]);
  });

  it("that is asked to move is well, and has it", () => {
    tell(whispered(1));
    stage.gateway.close();
    expect(given()).toMatchObject({ how: "lost" });
    expect(ids()).toBeUndefined();
  });

  it("whose session was replaced gives it back when it proves dead", () => {
    const former = ana.session;
    tell(whispered(1));
    stage.tell(former, { on: "ended", code: "session_replaced" });
    ana.asks({ to: "logOut" });
    expect(given()).not.toHaveProperty("unread");
    closes(false);
    expect(given()).toMatchObject({ session: former, unread: { born: 7 } });
  });

  it("whose session was replaced has it when it says something, or goodbye", () => {
    tell(whispered(1));
    stage.tell(ana.session, { on: "ended", code: "session_replaced" });
    ana.asks({ to: "logOut" });
    stage.passes(6);
    says();
    stage.asked();
    closes(false);
    expect(given()).toBeUndefined();
    enter(parrot());
    tell(whispered(1));
    stage.tell(ana.session, { on: "ended", code: "session_replaced" });
    ana.asks({ to: "logOut" });
    stage.asked();
    closes(true);
    expect(given()).toBeUndefined();
  });

  it("that is somebody else by now gives back nothing of the former one's", () => {
    tell(whispered(1));
    stage.tell(ana.session, { on: "ended", code: "session_replaced" });
    ana.asks({ to: "logOut" });
    ana.asks({ to: "identify", attach: { user: "ana", means: "account", takesNotices: true } });
    attach();
    tell(whispered(2));
    closes(false);
    expect(ids()).toEqual([2]);
  });

  it("that logs out has it", () => {
    tell(whispered(1));
    ana.asks({ to: "logOut" });
    expect(given()).not.toHaveProperty("unread");
  });

  it("gives back no more than a few: the last", () => {
    for (let id = 0; id < 100; id++) tell(whispered(id));
    closes(false);
    expect(ids()).toEqual(Array.from({ length: 64 }, (_, index) => 36 + index));
  });

  it("gives back no more than the last 64 KiB", () => {
    for (let id = 0; id < 50; id++) tell(whispered(id, "x".repeat(4_000)));
    closes(false);
    expect(ids()).toEqual(Array.from({ length: 15 }, (_, index) => 35 + index));
  });

  it("gives back nothing so old that TCP would have found out", () => {
    tell(whispered(1));
    stage.passes(17 * 60);
    tell(whispered(2));
    closes(false);
    expect(ids()).toEqual([2]);
  });

  it("gives back the words of others in its rooms", () => {
    const room = "pit" as RoomId;
    stage.tell(ana.session, { on: "seated", room, seq: 0 });
    const said = (id: number, from: string) => {
      return { on: "said", seq: id, id, at: 5, from: from as UserId, text: "x" } as const;
    };
    stage.say({ to: "room", room, events: [said(1, "ben"), said(2, "ana")] });
    closes(false);
    const notice = { on: "words", id: 1, at: 5, from: "ben", room, text: "x" };
    expect(given()?.unread?.notices).toEqual([[notice, 0]]);
  });
});

it("what was on its way to a connection that is gone is given back", () => {
  const { session } = ana;
  closes(true);
  stage.asked();
  tell(whispered(1));
  expect(given()).toMatchObject({ session, how: "lost", unread: { born: 7 } });
  stage.tell(session, { on: "notices", notices: [whispered(2)], kept: true });
  expect(given()).toBeUndefined();
});

it("a WebSocket, which is pinged, gives back nothing older than a minute", () => {
  const websocket = { over: "websocket", subprotocol: "parrot", isDefault: true } as const;
  enter({ ...parrot(), carrier: { ...websocket, frames: "text" } });
  tell(whispered(1));
  stage.passes(61);
  tell(whispered(2));
  closes(false);
  expect(ids()).toEqual([2]);
});
