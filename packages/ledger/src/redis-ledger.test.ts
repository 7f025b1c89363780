/** The ledger's own promises over a real Redis, and over three primaries. */
import {
  type RedisGroup,
  type RedisServer,
  startRedis,
  startRedisCluster,
  Trio,
} from "@roundhouse/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { describeLedger, INBOX_MAX, SHARDS } from "./ledger.contract.ts";
import { openEmpty, plainly, type Server } from "./redis-stage.contract.ts";
import { describeSuccession } from "./succession.contract.ts";

/** From a word to the last thing that follows from it: out, pushed, committed, sent on, and so again. */
const STEPS = 10;

const open = (url: () => string, servers: () => readonly Server[]) => async () => {
  const redis = await openEmpty(url(), servers());
  const parts = { ...plainly, backbone: redis.backbone, shards: SHARDS, queueMax: INBOX_MAX };
  const trio = new Trio(parts);
  const settle = async (): Promise<void> => {
    for (let step = 0; step < STEPS; step++) {
      await new Promise((resolve) => setImmediate(resolve));
      await redis.settle();
    }
  };
  await settle();
  const close = async (): Promise<void> => {
    trio.close();
    await redis.close();
  };
  return { ledger: trio, settle, nextOwner: () => trio.nextOwner(), close };
};

describe("on one Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  const opened = open(
    () => server.url,
    () => [server],
  );
  describeLedger("in a cluster, over Redis", opened);
  describeSuccession("in a cluster, over Redis", opened);
});

describe("on three primaries", () => {
  let cluster: RedisGroup;
  beforeAll(async () => {
    cluster = await startRedisCluster(3);
  });
  afterAll(() => cluster.stop());
  const opened = open(
    () => cluster.url,
    () => cluster.servers,
  );
  describeLedger("in a cluster, over three primaries", opened);
  describeSuccession("in a cluster, over three primaries", opened);
});
