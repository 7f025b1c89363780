import { describe, expect, it } from "vitest";
import { FakeSocket, FakeTopics } from "./fake-sockets.ts";
import { scene } from "./scene.ts";
import { seconds } from "./virtual-time.ts";

describe("a scene", () => {
  it("does the same every time", () => {
    const play = () => {
      const lobby = scene({ gateways: 2 });
      const [ana, ben] = lobby.enter("ana", "ben");
      ana.watches("ben");
      ben.joins("pit", { invite: ["ana"] });
      ana.joins("pit");
      lobby.passes(seconds(3));
      ben.acts("pit", 1);
      return [ana.frames(), ben.frames()];
    };
    expect(play()).toEqual(play());
  });

  it("keeps a player's frames until the player reads them", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    ana.stopsReading();
    ana.acts("pit", 1);
    expect(ana.wasTold()).toEqual([]);
    ana.readsAgain();
    expect(ana.wasTold()).toEqual(['pit 2 ana {"data":1}']);
  });

  it("closes a player who never reads, and an ordered event is never skipped", () => {
    const lobby = scene({ limits: { softBytes: 100, hardBytes: 1000, slowMs: seconds(5) } });
    const [ana, ben] = lobby.enter("ana", "ben");
    for (const player of [ana, ben]) player.joins("pit");
    ben.stopsReading();
    for (let count = 0; count < 100; count++) ana.acts("pit", count);
    expect(ben.closedBy).toEqual({ why: "reader_too_slow", code: 4430 });
    expect(ana.wasTold()).toHaveLength(100);
  });

  it("turns a broken store into waiting, not into loss", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    lobby.store.isBroken = true;
    ana.joins("pit", { invite: ["ben"] });
    expect(lobby.ledger.isHealthy).toBe(false);
    lobby.store.isBroken = false;
    lobby.passes(seconds(1));
    const ben = lobby.connect("ben");
    ben.identifies();
    expect(ben.wasTold()).toEqual(["idyou", "invited to pit"]);
  });
});

describe("a fake socket", () => {
  it("throws when it is used after its end, as the native one does", () => {
    const lobby = scene();
    const [gateway] = lobby.gateways;
    const [voice] = gateway?.voices ?? [];
    if (gateway === undefined || voice === undefined) throw new Error("no gateway");
    const address = gateway.door.enter("here", 0);
    if (!address.ok) throw new Error(address.code);
    const connection = gateway.admit(voice, address.value);
    const socket = new FakeSocket(gateway, new FakeTopics(), connection);
    gateway.opened(connection);
    socket.leaves(true);
    expect(() => socket.send("x", false)).toThrow("closed");
    expect(() => socket.subscribe("topic")).toThrow("closed");
  });
});
