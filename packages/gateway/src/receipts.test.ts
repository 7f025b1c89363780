import type { Command, Notice } from "@roundhouse/domain";
import type { UserId } from "@roundhouse/kernel";
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
/** The notices before this number. */
const tell = (until: number, kept = false): void => {
  const notice: Notice = { on: "whispered", id: until, at: 0, from: "ben" as UserId, text: "" };
  stage.tell(ana.session, { on: "notices", notices: [notice], kept, until });
};
const says = (): void => ana.asks({ to: "send", reply: {} });
const closes = (isGoodbye: boolean): void => ana.socket.leaves(isGoodbye);

const asked = <On extends Command["on"]>(on: On) => {
  const isIt = (it: Command): it is Extract<Command, { on: On }> => it.on === on;
  return stage.asked().filter(isIt);
};
const heeded = () => asked("heed").map(({ until }) => until);
const got = () => {
  const [detach] = asked("detach");
  return [detach?.how, detach?.got];
};

describe("notices are surely got", () => {
  it("when the peer says something a while later, of which the shard hears once", () => {
    tell(2);
    stage.passes(4);
    says();
    expect(heeded()).toEqual([]);
    stage.passes(1);
    says();
    expect(heeded()).toEqual([2]);
    says();
    expect(heeded()).toEqual([]);
    closes(false);
    expect(got()).toEqual(["lost", 2]);
  });

  it("up to those that came too short a while ago", () => {
    tell(2, true);
    stage.passes(3);
    tell(3);
    tell(4);
    stage.passes(3);
    says();
    expect(heeded()).toEqual([2]);
    stage.passes(2);
    says();
    expect(heeded()).toEqual([4]);
  });

  it("by whoever says goodbye, and not by whoever is lost", () => {
    tell(5);
    closes(true);
    expect(got()).toEqual(["left", 5]);
    enter(parrot());
    tell(5);
    closes(false);
    expect(got()).toEqual(["lost", 0]);
  });

  it("by whoever says goodbye, but for what came behind the last word", () => {
    tell(5);
    stage.gateway.ending(ana.connection);
    tell(6);
    stage.passes(6);
    says(); // It was on its way before.
    closes(true);
    expect(got()).toEqual(["left", 5]);
  });

  it("by nobody who was told nothing before the last word", () => {
    stage.gateway.ending(ana.connection);
    tell(6);
    closes(true);
    expect(got()).toEqual(["left", 0]);
  });

  it("not while some of it waits to be sent", () => {
    ana.socket.isReading = false;
    tell(5);
    stage.passes(6);
    says();
    expect(heeded()).toEqual([]);
    closes(false);
    expect(got()).toEqual(["lost", 0]);
  });

  it("by nobody who says goodbye before anything was told", () => {
    closes(true);
    expect(got()).toEqual(["left", 0]);
  });

  it("by whoever is asked to move: it is well", () => {
    tell(5);
    stage.gateway.close();
    expect(got()).toEqual(["lost", 5]);
  });

  it("by whoever logs out, and then counted anew", () => {
    tell(5);
    ana.asks({ to: "logOut" });
    expect(got()).toEqual(["left", 5]);
    ana.asks({ to: "identify", attach: { user: "ana", means: "account", takesNotices: true } });
    attach();
    closes(true);
    expect(got()).toEqual(["left", 0]);
  });

  it("after so long that TCP would have given the connection up", () => {
    tell(2);
    stage.passes(17 * 60);
    tell(3);
    expect(heeded()).toEqual([2]);
    closes(false);
    expect(got()).toEqual(["lost", 2]);
  });

  it("on WebSockets, which are pinged, after a minute, also by one that is lost then", () => {
    const websocket = { over: "websocket", subprotocol: "parrot", isDefault: true } as const;
    enter({ ...parrot(), carrier: { ...websocket, frames: "text" } });
    tell(2);
    stage.passes(61);
    closes(false);
    expect(got()).toEqual(["lost", 2]);
  });
});

it("what is told without a number waits nowhere", () => {
  stage.tell(ana.session, { on: "notices", notices: [], kept: false });
  closes(false);
  expect(got()).toEqual(["lost", 0]);
});
