import type { GatewayId } from "@roundhouse/kernel";
import { LossyBus, type Scene, scene, seconds } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";

let buses: LossyBus[];
let lobby: Scene;

beforeEach(() => {
  buses = [];
  lobby = scene({
    gateways: 2,
    wire: (ledger) => {
      const bus = new LossyBus(ledger);
      buses.push(bus);
      return bus;
    },
  });
});

const gate = (index: number) => {
  const gateway = lobby.gateways[index];
  if (gateway === undefined) throw new Error(`no gateway ${index}`);
  return gateway;
};
const enter = (name: string, at: number, resume?: string) => {
  const player = lobby.connect(name, { at });
  player.identifies(resume === undefined ? {} : { resume });
  player.frames();
  return player;
};
const secret = "a secret of ana's own";

describe("a connection that closes", () => {
  it("gives its seats back, which are kept for who comes back and hear nothing meanwhile", () => {
    const [ana, ben] = [enter("ana", 0, secret), enter("ben", 1)];
    for (const player of [ana, ben]) player.joins("pit");
    ana.drops();
    expect(gate(0).stats.parts).toBe(1);
    const { publishes } = gate(0).stats;
    ben.acts("pit", 1);
    expect(gate(0).stats.publishes).toBe(publishes);
    ana.returns({ resume: secret, seen: { pit: 2 } });
    expect(ana.wasTold()).toEqual(["idyou", "resumed pit", 'pit 3 ben {"data":1}']);
  });

  it("before it is told of the seat that it asked for gives that back too", () => {
    const ana = enter("ana", 0, secret);
    lobby.atOnce(() => {
      ana.joins("pit");
      ana.drops();
    });
    expect(gate(0).stats.parts).toBe(1);
    lobby.passes(seconds(25));
    expect(gate(0).stats.repairs.digest.begun).toBe(0);
  });
});

describe("while inboxes are full", () => {
  it("connections stay open and every request is refused by name", () => {
    const [ana] = [enter("ana", 0)];
    ana.joins("pit");
    ana.frames();
    for (const bus of buses) bus.refuses = () => true;
    ana.acts("pit", 1);
    ana.joins("loft");
    ana.says("status", "away");
    lobby.passes(seconds(60));
    expect(ana.wasTold()).toEqual(Array(3).fill("error inbox_full"));
    expect(ana.isConnected).toBe(true);
    for (const bus of buses) bus.refuses = () => false;
    ana.acts("pit", 2);
    expect(ana.wasTold()).toEqual(['pit 2 ana {"data":2}']);
  });

  it("who goes is remembered until the shards can be told; who was never let in is not", () => {
    const ana = enter("ana", 0);
    const ben = enter("ben", 1);
    ana.joins("pit");
    ben.watches("ana");
    for (const bus of buses) bus.refuses = () => true;
    const cid = lobby.connect("cid");
    cid.identifies();
    expect(cid.closedBy?.why).toBe("inbox_full");
    ana.goes();
    expect(gate(0).owed).toBe(2);
    expect(ben.sees()).toEqual(["ana is busy"]);
    for (const bus of buses) bus.refuses = () => false;
    lobby.passes(seconds(1));
    expect(gate(0).owed).toBe(0);
    expect(ben.sees()).toEqual(["ana is offline"]);
    lobby.passes(seconds(25));
    expect(gate(0).stats.repairs.digest.begun).toBe(0);
  });
});

describe("a gateway that was declared dead", () => {
  it("asks everybody to come back, and serves them under its new name", () => {
    const [ana, ben] = [enter("ana", 0, secret), enter("ben", 1)];
    for (const player of [ana, ben]) player.joins("pit");
    ben.watches("ana");
    ana.watches("ben");
    for (let shard = 0; shard < 4; shard++) {
      lobby.ledger.append(shard, "gate0" as GatewayId, { on: "gatewayGone" });
    }
    lobby.settle();
    gate(0).reborn("gate0b" as GatewayId, lobby.ledger);
    expect(ana.closedBy).toEqual({ why: "going_away", code: 1012 });
    expect([gate(0).connections, gate(0).halls, gate(0).watched]).toEqual([0, 0, 0]);
    ben.acts("pit", 1);
    ana.returns({ resume: secret, seen: { pit: 2 } });
    ben.acts("pit", 2);
    expect(ana.wasTold()).toEqual([
      "idyou",
      "resumed pit",
      'pit 3 ben {"data":1}',
      'pit 4 ben {"data":2}',
    ]);
    expect(ben.sees()).toEqual(["ana is busy"]);
    expect(lobby.who("ana").sessions.map(({ gateway }) => gateway)).toEqual(["gate0b"]);
    expect(lobby.who("ana").sessions[0]?.id).toMatch(/^gate0b-/);
    lobby.passes(seconds(25));
    expect(gate(0).stats.rebirths).toBe(1);
    expect(gate(0).stats.repairs.digest.begun).toBe(0);
  });

  it("owes nothing for its former life, and tells no shard of it", () => {
    const ana = enter("ana", 0, secret);
    ana.joins("pit");
    const told: string[] = [];
    gate(0).reborn("gate0b" as GatewayId, {
      append: (shard, from, command) => {
        told.push(command.on);
        return lobby.ledger.append(shard, from, command);
      },
      hear: (gateway, listener) => lobby.ledger.hear(gateway, listener),
    });
    expect(told).toEqual([]);
    expect(gate(0).owed).toBe(0);
  });
});

describe("a gateway that ends", () => {
  const chance = { bits64: () => "8000000000000000" };

  it("lets nobody in, and is done when all have moved and the shards know", () => {
    const players = ["ana", "ben", "cid"].map((name) => enter(name, 0, `the secret of ${name}`));
    for (const player of players) player.joins("pit");
    let isDone = false;
    gate(0).drain({ chance, later: lobby.time.later, perSecondMax: 1 }, () => (isDone = true));
    expect(() => lobby.connect("dan", { at: 0 })).toThrow("going_away");
    lobby.passes(seconds(1.5));
    expect(players.filter(({ isConnected }) => isConnected)).toHaveLength(2);
    expect(isDone).toBe(false);
    lobby.passes(seconds(3));
    expect(players.map(({ closedBy }) => closedBy?.why)).toEqual(Array(3).fill("going_away"));
    expect(isDone).toBe(true);
    expect(gate(0).owed).toBe(0);
    const ana = lobby.connect("ana", { at: 1 });
    ana.identifies({ resume: "the secret of ana" });
    expect(ana.wasTold()).toEqual(["idyou", "resumed pit"]);
  });
});

describe("what a gateway shows of itself", () => {
  it("is how long each shard has been silent: asked for digests, none is for long", () => {
    lobby.passes(seconds(60));
    expect(gate(0).silences()).toHaveLength(4);
    expect(Math.max(...gate(0).silences())).toBeLessThanOrEqual(seconds(11));
    for (const bus of buses) bus.refuses = () => true;
    lobby.passes(seconds(60));
    expect(Math.min(...gate(0).silences())).toBeGreaterThan(seconds(49));
  });
});
