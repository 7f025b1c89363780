/** Accounts in a cluster: what was answered is true whoever is killed, and gateways make no difference. */
import { type RedisServer, startRedis } from "@roundhouse/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Cluster } from "../../../load-tests/drill/cluster/cluster.mjs";
import { Pair } from "../accounts/pair.ts";
import { repeatedIds } from "../accounts/truth.ts";
import type { Who } from "../accounts/world.ts";
import { Chance } from "../load/chance.ts";
import { account, befriend, logIn, type ScrpClient, signIn } from "../scrp/scrp-client.ts";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const PAIRS = 4;
/** They live for so long before the fault, and as long after it. */
const LIFE_MS = 700;

let redis: RedisServer;
let cluster: Cluster;
const clients: ScrpClient[] = [];

beforeAll(async () => {
  redis = await startRedis({ aof: true, args: ["--appendfsync", "always"] });
  const settings = { SHARDS: "16", MESSAGES_PER_SECOND_MAX: "0", SIGN_UPS_PER_MINUTE: "0" };
  cluster = new Cluster({ redisUrl: redis.url, settings });
  await cluster.start({ gateways: 2, shards: 2 });
}, 60_000);
afterEach(() => {
  for (const client of clients.splice(0)) client.drop();
});
afterAll(async () => {
  await cluster?.stop();
  await redis?.stop();
});

/** Where a gateway that runs lets SCRP in; the others if it does not. */
function door(number: number): number {
  const names = cluster.names("gateway").toSorted();
  const { out } = cluster.node(names[number % names.length] ?? "").process;
  return Number(/SCRP\s+\S+?:(\d+)/.exec(out)?.[1]);
}

const kept = (client: ScrpClient): ScrpClient => {
  clients.push(client);
  return client;
};

describe(`two people at two gateways (seed ${seed})`, { timeout: 90_000 }, () => {
  const pairs: Pair[] = [];
  let crossings = 0;
  const doors = (who: Who): number => door(crossings + (who === "ana" ? 0 : 1));

  beforeAll(() => {
    const numbers = Array.from({ length: PAIRS }, (_, n) => n);
    pairs.push(...numbers.map((n) => new Pair(n, new Chance(seed + n + 1), doors)));
  });

  /** They live while it happens and a little longer; then they come back by the other doors. */
  const outlive = async (fault: () => Promise<void>, mend: () => Promise<void>): Promise<void> => {
    let isEnough = false;
    const lives = pairs.map((pair) => pair.live(() => isEnough));
    await new Promise((resolve) => setTimeout(resolve, LIFE_MS));
    await fault();
    await new Promise((resolve) => setTimeout(resolve, LIFE_MS));
    isEnough = true;
    await mend(); // Before all are heard: what is on its way to somebody may need what was killed.
    await Promise.all(lives);
    crossings++;
    await Promise.all(pairs.map((pair) => pair.returns({ allAway: false })));
    expect(
      pairs.flatMap(({ faults }) => faults),
      `seed ${seed}`,
    ).toEqual([]);
  };
  const again = async (name: string): Promise<void> => {
    await cluster.begin(name);
    await cluster.isReady(name);
  };

  it.each(["shard-1", "gateway-1", "shard-2", "gateway-2"])("outlive a kill -9 of %s", (name) => {
    return outlive(
      () => cluster.kill(name),
      () => again(name),
    );
  });

  it("outlive a kill -9 of Redis", () => {
    return outlive(
      () => redis.kill(),
      async () => {
        await redis.start();
        await Promise.all([...cluster.nodes.keys()].map((name) => cluster.isReady(name)));
      },
    );
  });

  it("were given no number twice, and lived", () => {
    for (const pair of pairs) pair.leave();
    const journals = pairs.map(({ witness }) => witness.journal);
    expect(repeatedIds(journals)).toEqual([]);
    expect(journals.flat().length).toBeGreaterThan(STEPS_MIN);
  });
});

describe("an account at two gateways", { timeout: 60_000 }, () => {
  it("is logged off at the one when it logs in at the other", async () => {
    const first = kept(await signIn(door(0), "cleo"));
    const second = kept(await logIn(door(1), "cleo"));
    await first.push("FORCED_TO_LOGGED_OFF");
    expect((await first.ask("CHANGE_USER_NICKNAME", { user_nickname: "c" })).err).toBe(250);
    await second.get("CHANGE_USER_NICKNAME", { user_nickname: "Cleo" });
    await first.get("LOG_IN", account("cleo")); // It stayed open, and may come back.
    await second.push("FORCED_TO_LOGGED_OFF");
  });

  it("sees a friend and mate come and go once, and gets its mail once", async () => {
    const dee = kept(await signIn(door(0), "dee"));
    const eve = kept(await signIn(door(1), "eve"));
    await befriend([dee, "dee"], [eve, "eve"]);
    await dee.get("CREATE_ROOM", { room_id: "loft", room_nickname: "Loft", room_access: 0 });
    await eve.get("ENTER_ROOM", { room_id: "loft" });
    await dee.push("USER_ENTER_ROOM");
    await eve.get("LOG_OUT");
    await dee.push("USER_OFFLINE");
    await dee.get("SEND_PRIVATE_MESSAGE", { user_id: "eve", message: "to you" });
    await dee.get("SEND_ROOM_MESSAGE", { room_id: "loft", message: "to all" });
    const back = kept(await logIn(door(0), "eve"));
    await back.push("NEW_PRIVATE_MESSAGE");
    await back.push("NEW_ROOM_MESSAGE");
    await dee.push("USER_ONLINE");
    await back.get("LOG_OUT");
    await dee.push("USER_OFFLINE");
    const third = kept(await logIn(door(1), "eve"));
    await dee.push("USER_ONLINE");
    // Whatever else was to come has come before this.
    await dee.get("SEND_PRIVATE_MESSAGE", { user_id: "eve", message: "the last" });
    await third.push("NEW_PRIVATE_MESSAGE");
    expect(third.pushes().map((it) => it["message"])).toEqual(["the last"]);
    const seen = dee.pushes().filter(({ user_id }) => user_id === "eve");
    expect(seen.map(({ method }) => method)).toEqual([
      ...["REQUEST_APPROVED", "USER_ENTER_ROOM", "USER_OFFLINE", "USER_ONLINE"],
      ...["USER_OFFLINE", "USER_ONLINE"],
    ]);
  });
});

const STEPS_MIN = 200;
