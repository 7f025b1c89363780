import { LossyBus, type Player, type Scene, scene, seconds } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";

let lossy: LossyBus;
let lobby: Scene;

/** A house with one shard, whose one gateway may lose frames. */
function open(options: Parameters<typeof scene>[0] = {}): void {
  lobby = scene({
    shards: 1,
    wire: (ledger) => {
      lossy = new LossyBus(ledger);
      return lossy;
    },
    ...options,
  });
}
beforeEach(() => open());

/** What the shard tells of this is lost, until the gateway notices. */
function lose(happens: () => void): void {
  lossy.loses = () => true;
  happens();
  lossy.loses = () => false;
}

function notice(): void {
  lossy.notices();
  lobby.settle();
}

const repairs = () => lobby.gateways[0]?.stats.repairs;
const heard = (player: Player): readonly string[] => player.wasTold();

describe("what was lost for good", () => {
  it("in a room is told in its place, and what came after it waits for that", () => {
    const [ana, ben] = lobby.enter("ana", "ben");
    for (const player of [ana, ben]) player.joins("pit");
    lose(() => ana.acts("pit", 1));
    lossy.refuses = ({ on }) => on === "resync";
    ana.acts("pit", 2);
    expect(heard(ben)).toEqual([]);
    expect(lobby.gateways[0]?.staleHalls).toBe(1);
    lossy.refuses = () => false;
    lobby.passes(seconds(1));
    ana.acts("pit", 3);
    const all = ['pit 3 ana {"data":1}', 'pit 4 ana {"data":2}', 'pit 5 ana {"data":3}'];
    expect(heard(ben)).toEqual(all);
    expect(heard(ana)).toEqual(all);
    expect(lobby.gateways[0]?.staleHalls).toBe(0);
    expect(repairs()?.missed).toMatchObject({ begun: 1, events: 2, lost: 0 });
  });

  it("and is not in the room's history either is told as a gap", () => {
    open({ rules: { historyEventsMax: 1 } });
    const [ana, ben] = lobby.enter("ana", "ben");
    for (const player of [ana, ben]) player.joins("pit");
    lose(() => {
      for (const data of [1, 2, 3]) ana.acts("pit", data);
    });
    notice();
    expect(heard(ben)).toEqual(["pit lost 2", 'pit 5 ana {"data":3}']);
    expect(repairs()?.missed.lost).toBe(2);
  });

  it("is told to who came meanwhile only as far as it concerns them", () => {
    open({ rules: { historyEventsMax: 2 } });
    const [ana, ben, cid] = lobby.enter("ana", "ben", "cid");
    for (const player of [ana, ben]) player.joins("pit");
    lose(() => ana.acts("pit", 1));
    lossy.refuses = ({ on }) => on === "resync";
    cid.joins("pit");
    ana.acts("pit", 2);
    lossy.refuses = () => false;
    lobby.passes(seconds(1));
    expect(heard(cid)).toEqual(['pit 5 ana {"data":2}']);
    expect(heard(ben)).toEqual(["pit lost 1", 'pit 5 ana {"data":2}']);
  });

  it("lets who asked for a seat hear the room", () => {
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("pit");
    lose(() => ben.joins("pit"));
    ana.acts("pit", 1);
    notice();
    ana.acts("pit", 2);
    expect(heard(ben)).toEqual(['pit 4 ana {"data":2}']);
    expect(repairs()?.missed.seats).toBe(1);
  });

  it("gives the seat of who is gone back to the shard", () => {
    const ben = lobby.connect("ben");
    ben.identifies({ resume: "a secret of ben's own" });
    lose(() => {
      ben.joins("pit");
      ben.drops();
    });
    notice();
    // Kept for who may come back, and heard by nobody.
    expect(lobby.room("pit")?.members).toBe(1);
    expect(lobby.gateways[0]?.stats.parts).toBe(1);
    lobby.passes(seconds(25));
    expect(repairs()?.digest.begun).toBe(0);
  });

  it("takes the seat of who left, who hears the room no more", () => {
    const [ana, ben] = lobby.enter("ana", "ben");
    for (const player of [ana, ben]) player.joins("pit");
    lose(() => ben.leaves("pit"));
    ana.acts("pit", 1);
    expect(heard(ben)).toEqual([]);
    ben.acts("pit", 2);
    expect(heard(ben)).toEqual(["error not_a_member"]);
    expect(repairs()?.missed.seats).toBe(1);
  });

  it("ends a room here that is over at the shard", () => {
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    lose(() => ana.leaves("pit"));
    notice();
    expect(lobby.gateways[0]?.halls).toBe(0);
  });

  it("confirms a name whose confirmation was lost", () => {
    const ana = lobby.connect("ana");
    lose(() => ana.identifies({ resume: "a secret of ana's own" }));
    ana.joins("pit");
    notice();
    expect(heard(ana)).toEqual(["idyou", "resumed "]);
    ana.acts("pit", 1);
    expect(heard(ana)).toEqual(['pit 2 ana {"data":1}']);
    expect(repairs()?.missed.sessions).toBe(1);
  });

  it("gives a resumed session its rooms, and what it missed in them", () => {
    const [ben] = lobby.enter("ben");
    const ana = lobby.connect("ana");
    ana.identifies({ resume: "a secret of ana's own" });
    for (const player of [ana, ben]) player.joins("pit");
    ana.drops();
    ben.acts("pit", 1);
    lose(() => ana.returns({ resume: "a secret of ana's own", seen: { pit: 2 } }));
    notice();
    expect(heard(ana)).toEqual(["idyou", "resumed pit", 'pit 3 ben {"data":1}']);
  });

  it("is asked for again where it was the answer of a room to who came back", () => {
    const [ben] = lobby.enter("ben");
    const ana = lobby.connect("ana");
    ana.identifies({ resume: "a secret of ana's own" });
    for (const player of [ana, ben]) player.joins("pit");
    ana.drops();
    ben.acts("pit", 1);
    lossy.loses = ({ items }) =>
      items.some((it) => it.to === "session" && it.told.on === "replayed");
    ana.returns({ resume: "a secret of ana's own", seen: { pit: 2 } });
    lossy.loses = () => false;
    notice();
    expect(heard(ana)).toEqual(["idyou", "resumed pit", 'pit 3 ben {"data":1}']);
    ben.acts("pit", 2);
    expect(heard(ana)).toEqual(['pit 4 ben {"data":2}']);
  });

  it("asks who is a stranger to the shard to come back", () => {
    lobby.registers("ana");
    const ana = lobby.connect("ana");
    lose(() => ana.identifies());
    notice();
    expect(ana.closedBy).toEqual({ why: "session_lost", code: 4413 });
    expect(heard(ana)).toEqual(["idyou", "error session_lost"]);
  });

  it("corrects what watchers know", () => {
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben", "cid");
    lose(() => ben.joins("pit"));
    notice();
    expect(ana.sees()).toEqual(["ben is busy", "cid is offline"]);
    expect(repairs()?.missed.watches).toBe(0);
  });

  it("leaves other shards' rooms alone", () => {
    open({ shards: 4 });
    const [ana, ben] = lobby.enter("ana", "ben");
    for (const room of ["pit", "loft", "den", "barn"]) {
      for (const player of [ana, ben]) player.joins(room);
    }
    lose(() => ana.acts("pit", 1));
    lossy.refuses = ({ on }) => on === "resync";
    notice();
    const stale = lobby.gateways[0]?.staleHalls ?? 0;
    expect(stale).toBeGreaterThan(0);
    expect(stale).toBeLessThan(4);
  });
});

describe("a resync", () => {
  it("that is not answered is sent again after two seconds, until it is", () => {
    const [ana, ben] = lobby.enter("ana", "ben");
    for (const player of [ana, ben]) player.joins("pit");
    lose(() => ana.acts("pit", 1));
    lossy.loses = ({ items }) => items.some((it) => it.to === "snapshot");
    notice();
    lobby.passes(seconds(1));
    expect(heard(ben)).toEqual([]);
    lossy.loses = () => false;
    lobby.passes(seconds(2));
    expect(heard(ben)).toEqual(['pit 3 ana {"data":1}']);
    expect(lobby.gateways[0]?.stats.resyncs).toBeGreaterThan(1);
  });

  it("is followed by digests that agree", () => {
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    lose(() => {
      for (const player of [ana, ben]) player.joins("pit");
      ben.drops();
    });
    notice();
    lobby.passes(seconds(25));
    expect(lobby.gateways[0]?.stats.digests).toBeGreaterThan(1);
    expect(repairs()?.digest.begun).toBe(0);
  });
});

describe("digests that differ", () => {
  it("are mended: seats", () => {
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("pit");
    lossy.hide(() => ben.joins("pit"));
    ana.acts("pit", 1);
    lobby.passes(seconds(11));
    ana.acts("pit", 2);
    expect(heard(ben)).toEqual(['pit 4 ana {"data":2}']);
    expect(repairs()?.digest).toMatchObject({ begun: 1, seats: 1 });
  });

  it("are mended: sessions", () => {
    const ana = lobby.connect("ana");
    lossy.hide(() => ana.identifies());
    lobby.passes(seconds(11));
    expect(repairs()?.digest).toMatchObject({ begun: 1, sessions: 1 });
    ana.joins("pit");
    ana.acts("pit", 1);
    expect(heard(ana)).toContain('pit 2 ana {"data":1}');
  });

  it("are mended: what is watched", () => {
    const [ana] = lobby.enter("ana");
    ana.watches("ben");
    lobby.tells("ben", { on: "unwatch", users: ["ben" as never] }, "gate0" as never);
    lobby.passes(seconds(11));
    const [ben] = lobby.enter("ben");
    expect(ana.sees()).toEqual(["ben is online"]);
    expect(ben.isConnected).toBe(true);
    expect(repairs()?.digest).toMatchObject({ begun: 1, watches: 1 });
    lobby.passes(seconds(25));
    expect(repairs()?.digest.begun).toBe(1);
  });
});
