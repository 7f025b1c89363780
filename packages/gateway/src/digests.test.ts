import {
  json,
  LossyBus,
  type Player,
  type Scene,
  SlowBus,
  scene,
  seconds,
  type Tongue,
} from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** What one of those who are connected does. */
type Doing =
  | { readonly on: "join" | "leave" | "act"; readonly who: number; readonly room: number }
  | { readonly on: "watch" | "unwatch"; readonly who: number; readonly name: number }
  | { readonly on: "go" | "drop"; readonly who: number };

type Deed =
  | Doing
  | { readonly on: "enter"; readonly name: number; readonly gate: number; readonly secret: boolean }
  | { readonly on: "return"; readonly who: number; readonly gate: number; readonly seen: number }
  | { readonly on: "arrive"; readonly lane: number; readonly count: number }
  | { readonly on: "pass"; readonly ms: number };

const GATES = 3;
const small = fc.nat(7);
const named = { name: small, gate: small };
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  deed(3, { on: fc.constant("enter"), ...named, secret: fc.boolean() }),
  deed(3, { on: fc.constant("return"), who: small, gate: small, seen: small }),
  deed(9, { on: fc.constantFrom("join", "join", "leave", "act"), who: small, room: fc.nat(2) }),
  deed(3, { on: fc.constantFrom("watch", "unwatch"), who: small, name: small }),
  deed(2, { on: fc.constantFrom("go", "drop"), who: small }),
  deed(20, { on: fc.constant("arrive"), lane: fc.nat(30), count: fc.nat(9) }),
  deed(4, { on: fc.constant("pass"), ms: fc.nat(5000) }),
);

function deed<It extends Deed>(
  weight: number,
  fields: { [Name in keyof It]: fc.Arbitrary<It[Name]> },
) {
  return { weight, arbitrary: fc.record(fields) };
}

/** A house whose bus is slow, and everybody who was ever in it. */
class House {
  readonly slow: SlowBus[] = [];
  readonly lossy: LossyBus[] = [];
  readonly lobby: Scene;
  readonly #guests: { readonly player: Player; readonly secret: string | undefined }[] = [];

  constructor() {
    this.lobby = scene({
      gateways: GATES,
      shards: 3,
      wire: (ledger) => {
        const slow = new SlowBus(ledger);
        const lossy = new LossyBus(slow);
        this.slow.push(slow);
        this.lossy.push(lossy);
        return lossy;
      },
    });
  }

  do(deed: Deed): void {
    const { lobby } = this;
    switch (deed.on) {
      case "enter":
        return this.#enter(`user${deed.name}`, deed.gate, deed.secret ? {} : undefined);
      case "return": {
        const { player, secret } = this.#guests[deed.who % Math.max(1, this.#guests.length)] ?? {};
        if (player === undefined || secret === undefined) return;
        return this.#enter(player.name, deed.gate, { resume: secret, seen: { room0: deed.seen } });
      }
      case "arrive":
        this.slow[deed.lane % GATES]?.arrive(deed.lane, deed.count);
        return lobby.settle();
      case "pass":
        return lobby.passes(deed.ms);
      default:
        return this.#does(deed);
    }
  }

  #does(doing: Doing): void {
    const here = this.#guests.filter((guest) => guest.player.isConnected);
    const player = here[doing.who % Math.max(1, here.length)]?.player;
    switch (doing.on) {
      case "join":
        return player?.joins(`room${doing.room}`);
      case "leave":
        return player?.leaves(`room${doing.room}`);
      case "act":
        return player?.acts(`room${doing.room}`, 1);
      case "watch":
        return player?.watches(`user${doing.name}`);
      case "unwatch":
        return player?.says("unsubscribe", [`user${doing.name}`]);
      case "go":
        return player?.goes();
      case "drop":
        return player?.drops();
    }
  }

  /** Nothing is slow any more, and every shard is asked by every gateway. */
  settle(): void {
    for (const bus of this.slow) bus.isHolding = false;
    for (let turn = 0; turn < 20; turn++) {
      for (const bus of this.slow) bus.flush();
      this.lobby.settle();
    }
    this.lobby.passes(seconds(25));
  }

  get compared(): number {
    return this.lobby.gateways.reduce((sum, { stats }) => sum + stats.digests, 0);
  }

  get repairs() {
    return this.lobby.gateways.map(({ stats: { repairs } }) => repairs);
  }

  #enter(name: string, gate: number, identity: { resume?: string; seen?: object } | undefined) {
    const speaks: Tongue = json;
    const player = this.lobby.connect(name, { at: gate % GATES, speaks });
    const own = `the secret of ${name} number ${this.#guests.length}`;
    const secret = identity === undefined ? undefined : (identity.resume ?? own);
    this.#guests.push({ player, secret });
    player.identifies(secret === undefined ? {} : { seen: {}, ...identity, resume: secret });
  }
}

describe("digests", () => {
  it("never differ without a fault, whatever is on its way when they are asked for", () => {
    fc.assert(
      fc.property(fc.array(deeds, { minLength: 100, maxLength: 300 }), (all) => {
        const house = new House();
        for (const deed of all) house.do(deed);
        house.settle();
        expect(house.compared).toBeGreaterThan(0);
        for (const { digest, missed } of house.repairs) {
          expect(digest.begun).toBe(0);
          expect(missed.begun).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
