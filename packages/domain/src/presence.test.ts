import { scene, seconds, tokenOf } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";

const SECRET = "ana's own secret, long enough";

describe("a user's status", () => {
  it("is told at once to who asks, offline ids included, in one message", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana", "ben");
    ana.watches("ben", "carl", "ana");
    expect(ana.heard()).toEqual([
      { command: "userchange", data: { ben: "online", carl: "offline", ana: "online" } },
    ]);
  });

  it("is online after idme and offline after the last connection is gone", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.watches("ben");
    const [ben] = lobby.enter("ben");
    ben.goes();
    expect(ana.wasTold()).toEqual(["ben is offline", "ben is online", "ben is offline"]);
  });

  it("is busy while the user is in at least one room", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    ana.wasTold();
    ben.joins("pit");
    ben.joins("hall");
    ben.leaves("pit");
    expect(ana.wasTold()).toEqual(["ben is busy"]);
    ben.leaves("hall");
    expect(ana.wasTold()).toEqual(["ben is online"]);
  });

  it("goes from busy to offline in one step when the connection ends", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ben.joins("pit");
    ana.watches("ben");
    ana.wasTold();
    ben.drops();
    lobby.passes(seconds(300));
    expect(ana.wasTold()).toEqual(["ben is offline"]);
  });

  it("is away when the user says so, which is stronger than busy", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    ben.joins("pit");
    ana.wasTold();
    ben.says("status", "away");
    ben.says("status", "away");
    ben.joins("hall");
    expect(ana.wasTold()).toEqual(["ben is away"]);
    ben.says("status", "online");
    expect(ana.wasTold()).toEqual(["ben is busy"]);
  });

  it("forgets away with the last connection", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    ben.says("status", "away");
    ben.goes();
    ben.returns();
    expect(ana.wasTold()).toEqual([
      "ben is online",
      "ben is away",
      "ben is offline",
      "ben is online",
    ]);
  });

  it("is the same to watchers at every gateway, and told to each watcher once", () => {
    const lobby = scene({ gateways: 3 });
    const watchers = [0, 1, 1, 2].map((at) => lobby.connect(`watcher${at}`, { at }));
    for (const watcher of watchers) watcher.watches("ben");
    for (const watcher of watchers) watcher.frames();
    lobby.enter("ben");
    for (const watcher of watchers) expect(watcher.wasTold()).toEqual(["ben is online"]);
  });

  it("is no longer told to who unsubscribed", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben", "carl");
    ana.says("unsubscribe", ["ben"]);
    ana.frames();
    ben.joins("pit");
    lobby.enter("carl");
    expect(ana.wasTold()).toEqual(["carl is online"]);
  });

  it("is sent once to who subscribed twice", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    ana.watches("ben");
    ana.frames();
    ben.joins("pit");
    expect(ana.wasTold()).toEqual(["ben is busy"]);
  });
});

describe("a user with several devices", () => {
  it("is one user: the first to come and the last to go are told, nothing between", () => {
    const lobby = scene({ gateways: 2 });
    const [ana] = lobby.enter("ana");
    ana.watches("ben");
    ana.frames();
    const phone = lobby.connect("ben", { at: 0 });
    const laptop = lobby.connect("ben", { at: 1 });
    phone.identifies();
    laptop.identifies();
    phone.goes();
    expect(ana.wasTold()).toEqual(["ben is online"]);
    laptop.goes();
    expect(ana.wasTold()).toEqual(["ben is offline"]);
  });

  it("is busy while any device is in a room", () => {
    const lobby = scene();
    const [ana, phone, laptop] = lobby.enter("ana", "ben", "ben");
    ana.watches("ben");
    phone.joins("pit");
    laptop.joins("pit");
    phone.goes();
    expect(ana.wasTold()).toEqual(["ben is online", "ben is busy"]);
    laptop.goes();
    expect(ana.wasTold()).toEqual(["ben is offline"]);
  });

  it("is busy, not twice as present, with a presence and a game connection", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    const game = lobby.connect("ben");
    game.joins("pit", { self: "ben" });
    game.goes();
    expect(ana.wasTold()).toEqual(["ben is online", "ben is busy", "ben is online"]);
    ben.goes();
    expect(ana.wasTold()).toEqual(["ben is offline"]);
  });
});

describe("a user whose last connection goes, where a grace period is set", () => {
  const rules = { presenceGraceMs: seconds(10) };

  it("stays online for that long, and is offline after it", () => {
    const lobby = scene({ rules });
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    ana.frames();
    ben.drops();
    lobby.passes(seconds(9));
    expect(ana.wasTold()).toEqual([]);
    lobby.passes(seconds(2));
    expect(ana.wasTold()).toEqual(["ben is offline"]);
  });

  it("is never announced when it is back in time", () => {
    const lobby = scene({ rules });
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    ana.frames();
    for (let times = 0; times < 3; times++) {
      ben.drops();
      lobby.passes(seconds(9));
      ben.returns();
    }
    lobby.passes(seconds(60));
    expect(ana.wasTold()).toEqual([]);
  });

  it("begins the period anew with each loss", () => {
    const lobby = scene({ rules });
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    ana.frames();
    ben.drops();
    lobby.passes(seconds(6));
    ben.returns();
    ben.drops();
    lobby.passes(seconds(6));
    expect(ana.wasTold()).toEqual([]);
    lobby.passes(seconds(5));
    expect(ana.wasTold()).toEqual(["ben is offline"]);
  });

  it("leaves memory after it, so that strangers do not pile up", () => {
    const lobby = scene({ rules });
    const [ben] = lobby.enter("ben");
    ben.drops();
    lobby.passes(seconds(11));
    expect(lobby.runners.map(({ state }) => state.users.size)).toEqual([0, 0, 0, 0]);
  });
});

describe("a session that can be resumed", () => {
  const entered = () => {
    const lobby = scene({ rules: { resumeMs: seconds(30) } });
    const ana = lobby.connect("ana");
    ana.identifies({ resume: SECRET });
    ana.joins("pit");
    const [ben] = lobby.enter("ben");
    ben.joins("pit");
    ben.acts("pit", "before");
    ana.frames();
    ben.frames();
    return { lobby, ana, ben };
  };

  it("keeps its seat while its connection is lost", () => {
    const { lobby, ana } = entered();
    ana.drops();
    lobby.passes(seconds(29));
    expect(lobby.room("pit")).toMatchObject({ members: 2, seq: 3 });
  });

  it("comes back to it and hears what it missed, in order and once", () => {
    const { ana, ben } = entered();
    ana.drops();
    ben.acts("pit", "one", "two");
    ana.returns({ resume: SECRET, seen: { pit: 3 } });
    ben.acts("pit", "three");
    expect(ana.wasTold()).toEqual([
      "idyou",
      "resumed pit",
      'pit 4 ben {"data":"one"}',
      'pit 5 ben {"data":"two"}',
      'pit 6 ben {"data":"three"}',
    ]);
  });

  it("may act again in the room at once", () => {
    const { ana, ben } = entered();
    ana.drops();
    ana.returns({ resume: SECRET });
    ana.acts("pit", "back");
    expect(ben.wasTold()).toEqual(['pit 4 ana {"data":"back"}']);
  });

  it("gives the seat up when the window ends, and the room is told once", () => {
    const { lobby, ana } = entered();
    ana.drops();
    lobby.passes(seconds(31));
    expect(lobby.room("pit")).toMatchObject({ members: 1, seq: 4 });
    lobby.passes(seconds(300));
    expect(lobby.room("pit")).toMatchObject({ members: 1, seq: 4 });
  });

  it("does not come back after the window: the seat is gone", () => {
    const { lobby, ana } = entered();
    ana.drops();
    lobby.passes(seconds(31));
    ana.returns({ resume: SECRET });
    ana.acts("pit", "too late");
    expect(ana.wasTold()).toEqual(["idyou", "resumed ", "error not_a_member"]);
  });

  it("ends at once when the peer says goodbye", () => {
    const { lobby, ana } = entered();
    ana.goes();
    expect(lobby.room("pit")).toMatchObject({ members: 1 });
  });

  it("shows the user offline meanwhile, and busy again after", () => {
    const { ana, ben } = entered();
    ben.watches("ana");
    ana.drops();
    ana.returns({ resume: SECRET });
    expect(ben.wasTold()).toEqual(["ana is busy", "ana is offline", "ana is busy"]);
  });

  it("may move while the old connection still stands, which is then closed", () => {
    const { lobby, ana, ben } = entered();
    ben.watches("ana");
    ben.frames();
    const tablet = lobby.connect("ana");
    tablet.identifies({ resume: SECRET });
    expect(ana.closedBy).toEqual({ why: "session_resumed", code: 4410 });
    expect(lobby.room("pit")).toMatchObject({ members: 2, seq: 3 });
    expect(ben.wasTold()).toEqual([]);
    tablet.acts("pit", "moved");
    expect(ben.wasTold()).toEqual(['pit 4 ana {"data":"moved"}']);
  });

  it("stays whole when the new connection is lost before it was answered", () => {
    const { lobby, ana, ben } = entered();
    ana.drops();
    const hasty = lobby.connect("ana");
    lobby.atOnce(() => {
      hasty.identifies({ resume: SECRET });
      hasty.drops();
    });
    expect(lobby.room("pit")).toMatchObject({ members: 2 });
    ana.returns({ resume: SECRET, seen: { pit: 3 } });
    ana.acts("pit", "third time");
    expect(ben.wasTold()).toEqual(['pit 4 ana {"data":"third time"}']);
    ana.goes();
    ben.goes();
    expect(lobby.rooms()).toEqual([]);
  });

  it("is another user's only with that user's name", () => {
    const { lobby, ana } = entered();
    ana.drops();
    const [carl] = lobby.enter("carl");
    carl.goes();
    carl.returns({ resume: SECRET });
    carl.acts("pit", "thief");
    expect(carl.wasTold()).toEqual(["idyou", "resumed ", "error not_a_member"]);
    expect(lobby.room("pit")).toMatchObject({ members: 2, seq: 3 });
  });

  it("keeps the place when it comes back at another gateway", () => {
    const lobby = scene({ gateways: 2 });
    const phone = lobby.connect("ana", { at: 0 });
    phone.identifies({ resume: SECRET });
    phone.joins("pit");
    const ben = lobby.connect("ben", { at: 0 });
    ben.joins("pit", { self: "ben" });
    phone.drops();
    const tablet = lobby.connect("ana", { at: 1 });
    tablet.identifies({ resume: SECRET });
    ben.acts("pit", "hello");
    expect(tablet.wasTold()).toEqual(["idyou", "resumed pit", 'pit 3 ben {"data":"hello"}']);
  });
});

describe("a registered name", () => {
  it("is refused without its token, and the connection closed", () => {
    const lobby = scene();
    lobby.registers("ana");
    const thief = lobby.connect("ana");
    thief.identifies();
    expect(thief.wasTold()).toEqual(["idyou", "error token_missing"]);
    expect(thief.closedBy).toEqual({ why: "token_missing", code: 4401 });
    expect(lobby.who("ana").status).toBe("offline");
  });

  it("is refused with another's token", () => {
    const lobby = scene();
    lobby.registers("ana");
    const thief = lobby.connect("ana");
    thief.identifies({ token: tokenOf("ben") });
    expect(thief.closedBy?.why).toBe("token_invalid");
  });

  it("is refused to a game connection too", () => {
    const lobby = scene();
    lobby.registers("ana");
    const thief = lobby.connect("ana");
    thief.joins("pit", { self: "ana" });
    expect(thief.closedBy?.why).toBe("token_missing");
    expect(lobby.rooms()).toEqual([]);
  });

  it("is given to who proves it", () => {
    const lobby = scene();
    lobby.registers("ana");
    const ana = lobby.connect("ana");
    ana.identifies({ token: tokenOf("ana") });
    expect(lobby.who("ana")).toMatchObject({ status: "online", guarded: true });
  });

  it("ends the sessions that could not prove it, from the moment it is registered", () => {
    const lobby = scene();
    const [ben, guest] = lobby.enter("ben", "ana");
    const proven = lobby.connect("ana");
    proven.identifies({ token: tokenOf("ana") });
    ben.watches("ana");
    guest.joins("pit");
    lobby.registers("ana");
    expect(guest.closedBy?.why).toBe("token_missing");
    expect(proven.isConnected).toBe(true);
    expect(ben.wasTold()).toEqual(["ana is online", "ana is busy", "ana is online"]);
    expect(lobby.rooms()).toEqual([]);
  });

  it("is free again when it is no longer registered", () => {
    const lobby = scene();
    lobby.registers("ana");
    lobby.registers("ana", false);
    lobby.enter("ana");
    expect(lobby.who("ana")).toMatchObject({ status: "online", guarded: false });
  });

  it("stays registered over a restart", () => {
    const first = scene();
    first.registers("ana");
    const second = scene({ store: first.store });
    const thief = second.connect("ana");
    thief.identifies();
    expect(thief.closedBy?.why).toBe("token_missing");
  });
});

describe("any name, where tokens are demanded", () => {
  it("needs one, registered or not", () => {
    const lobby = scene({ isTokenDemanded: true });
    const guest = lobby.connect("ana");
    guest.identifies();
    expect(guest.closedBy?.why).toBe("token_missing");
    const ana = lobby.connect("ana");
    ana.identifies({ token: tokenOf("ana") });
    expect(lobby.who("ana").status).toBe("online");
  });
});
