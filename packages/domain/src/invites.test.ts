import { scene } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";

describe("an invite", () => {
  it("reaches every presence of the invitee at once, with the channel and the invitee", () => {
    const lobby = scene();
    const [ana, phone, laptop] = lobby.enter("ana", "ben", "ben");
    ana.joins("pit", { invite: ["ben"] });
    for (const device of [phone, laptop]) {
      expect(device.heard()).toEqual([
        { command: "invite", data: { channel: "pit", user: "ben" } },
      ]);
    }
  });

  it("waits for a user who is offline, and comes right after idme, in order", () => {
    const lobby = scene();
    const [ana, carl] = lobby.enter("ana", "carl");
    ana.joins("pit", { invite: ["ben"] });
    carl.joins("hall", { invite: ["ben"] });
    ana.invites("pit", "ben");
    const ben = lobby.connect("ben");
    ben.identifies();
    const told = ["idyou", "invited to hall", "invited to pit"]; // The same invite waits once.
    expect(ben.wasTold()).toEqual(told);
  });

  it("is delivered once: the next idme hears nothing of it", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit", { invite: ["ben"] });
    const [ben] = lobby.enter("ben");
    ben.goes();
    ben.returns();
    expect(ben.wasTold()).toEqual(["idyou"]);
    expect(lobby.who("ben").invites).toBe(0);
  });

  it("waits for idme, not for a game's connection", () => {
    const lobby = scene();
    const game = lobby.connect("ben");
    game.joins("hall", { self: "ben" });
    const [ana] = lobby.enter("ana");
    ana.joins("pit", { invite: ["ben"] });
    expect(game.wasTold()).toEqual(["idyou"]);
    const ben = lobby.connect("ben");
    ben.identifies();
    expect(ben.wasTold()).toEqual(["idyou", "invited to pit"]);
  });

  it("makes room for newer ones: the oldest is dropped", () => {
    const lobby = scene({ rules: { invitesQueuedMax: 2 } });
    const [ana] = lobby.enter("ana");
    for (const channel of ["one", "two", "three"]) ana.joins(channel, { invite: ["ben"] });
    const ben = lobby.connect("ben");
    ben.identifies();
    expect(ben.wasTold()).toEqual(["idyou", "invited to two", "invited to three"]);
  });

  it("does not wait where none may", () => {
    const lobby = scene({ rules: { invitesQueuedMax: 0 } });
    const [ana] = lobby.enter("ana");
    ana.joins("pit", { invite: ["ben"] });
    expect(lobby.who("ben").invites).toBe(0);
    const ben = lobby.connect("ben");
    ben.identifies();
    expect(ben.wasTold()).toEqual(["idyou"]);
  });

  it("waits through a restart", () => {
    const first = scene();
    const [ana] = first.enter("ana");
    ana.joins("pit", { invite: ["ben"] });
    const second = scene({ store: first.store });
    const ben = second.connect("ben");
    ben.identifies();
    expect(ben.wasTold()).toEqual(["idyou", "invited to pit"]);
  });

  it("may go to oneself and to a member, as in the original", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("pit");
    ben.joins("pit", { invite: ["ben", "ana"] });
    expect(ben.wasTold()).toEqual(["invited to pit"]);
    expect(ana.wasTold()).toEqual(["invited to pit"]);
  });

  it("is for members to send", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.invites("pit", "ben");
    expect(ana.wasTold()).toEqual(["error not_a_member"]);
    expect(ben.wasTold()).toEqual([]);
  });

  it("is not sent when the room that it invites to is full", () => {
    const lobby = scene({ rules: { membersPerRoomMax: 1 } });
    const [ana, ben, carl] = lobby.enter("ana", "ben", "carl");
    ana.joins("pit");
    ben.joins("pit", { invite: ["carl"] });
    expect(ben.wasTold()).toEqual(["error room_full"]);
    expect(carl.wasTold()).toEqual([]);
  });
});
