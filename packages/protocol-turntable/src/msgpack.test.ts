/** Version 2 as a client meets it: the same house, other words. */
import { scene, type Tongue } from "@roundhouse/testkit";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";

const packr = new Packr({ useRecords: false, mapsAsObjects: true });
const msgpack: Tongue = {
  subprotocol: "turntable.v2",
  write: (command, data, request) => packr.pack([command, data, ...(request ? [request] : [])]),
  read: (frame) => {
    const [command, data, request] = packr.unpack(frame as Uint8Array);
    return { command, data, request };
  },
};
const enter = (lobby: ReturnType<typeof scene>, name: string) => {
  const player = lobby.connect(name, { speaks: msgpack });
  player.identifies();
  player.frames();
  return player;
};

describe("turntable.v2", () => {
  it("greets with its version", () => {
    const ana = scene().connect("ana", { speaks: msgpack });
    expect(ana.heard()).toEqual([{ command: "idyou", data: { version: 2 }, request: undefined }]);
  });

  it("hears joins and leaves with their numbers", () => {
    const lobby = scene();
    const [ana, ben] = [enter(lobby, "ana"), enter(lobby, "ben")];
    ana.joins("pit");
    ben.joins("pit");
    ben.leaves("pit");
    expect(ana.wasTold()).toEqual(["pit 2 ben joined", "pit 3 ben left"]);
  });

  it("shares rooms with version 1: each hears the other in its own words", () => {
    const lobby = scene();
    const ana = enter(lobby, "ana");
    const [ben] = lobby.enter("ben");
    ana.joins("pit");
    ben.joins("pit");
    ana.acts("pit", { x: 1 });
    ben.acts("pit", { y: 2 });
    const both = ['pit 3 ana {"data":{"x":1}}', 'pit 4 ben {"data":{"y":2}}'];
    expect(ana.wasTold()).toEqual(["pit 2 ben joined", ...both]);
    expect(ben.wasTold()).toEqual(both);
  });

  it("answers each numbered request under its number", () => {
    const lobby = scene();
    const ana = enter(lobby, "ana");
    ana.asks("joingame", { channel: "pit" });
    ana.asks("game", { channel: "pit", actions: [{ data: 1 }] });
    ana.asks("game", { channel: "hall", actions: [{ data: 1 }] });
    ana.asks("subscribe", ["ben"]);
    ana.asks("nonsense", {});
    ana.asks("leavegame", { channel: "pit" });
    const answers = ana.heard().filter(({ request }) => request !== undefined);
    expect(answers.map(({ command, request }) => `${command} ${request}`)).toEqual([
      "ok 1",
      "ok 2",
      "error 3",
      "ok 4",
      "error 5",
      "ok 6",
    ]);
  });

  it("does not confirm what it refused", () => {
    const lobby = scene({ limits: { subscriptionsMax: 1 } });
    const ana = enter(lobby, "ana");
    ana.asks("subscribe", ["ben", "cleo"]);
    const answers = ana.heard().map(({ command, request }) => `${command} ${request}`);
    expect(answers).toEqual(["error 1"]);
  });

  it("gives the history that is asked for", () => {
    const lobby = scene();
    const ana = enter(lobby, "ana");
    ana.joins("pit");
    for (const what of ["one", "two"]) ana.acts("pit", what);
    ana.frames();
    ana.asks("history", { channel: "pit", after: 2 });
    expect(ana.wasTold()).toEqual(['pit 3 ana {"data":"two"}', "ok 1"]);
  });

  it("says who invites", () => {
    const lobby = scene();
    const [ana, ben] = [enter(lobby, "ana"), enter(lobby, "ben")];
    ana.joins("pit", { invite: ["ben"] });
    expect(ben.heard()).toMatchObject([
      { command: "invite", data: { channel: "pit", user: "ben", from: "ana" } },
    ]);
  });

  it("tells of users whose names are those of properties", () => {
    const lobby = scene();
    const ana = enter(lobby, "ana");
    ana.watches("constructor", "toString");
    expect(ana.sees()).toEqual(["constructor is offline", "toString is offline"]);
  });

  it("cannot forge time, sender or number either", () => {
    const lobby = scene();
    const ana = enter(lobby, "ana");
    ana.joins("pit");
    const actions = [{ timestamp: 1, from: "mallory", data: 1 }];
    ana.says("game", { channel: "pit", actions, seq: 99 });
    expect(ana.heard()).toMatchObject([
      {
        data: { seq: 2, actions: [{ timestamp: lobby.time.now(), from: "ana", data: 1 }] },
      },
    ]);
  });

  it("refuses what JSON cannot say, since version 1 must hear it too", () => {
    const lobby = scene();
    const ana = enter(lobby, "ana");
    ana.joins("pit");
    for (const data of [new Uint8Array(3), Number.NaN, 2n ** 63n]) {
      ana.asks("game", { channel: "pit", actions: [{ data }] });
    }
    expect(ana.wasTold()).toEqual(Array(3).fill("error field_invalid"));
  });

  it("does not look at extensions, of which some unfold without end", () => {
    const lobby = scene();
    const ana = enter(lobby, "ana");
    ana.joins("pit");
    ana.asks("game", { channel: "pit", actions: [{ data: new Date(0) }] });
    expect(ana.wasTold()).toEqual(["error frame_malformed"]);
  });

  it("answers garbage instead of ignoring it", () => {
    const lobby = scene();
    const ana = enter(lobby, "ana");
    ana.sends(Uint8Array.of(0xc1));
    ana.sends('["whothere"]');
    expect(ana.wasTold()).toEqual(["error frame_malformed", "error frame_unexpected"]);
    expect(ana.isConnected).toBe(true);
  });
});
