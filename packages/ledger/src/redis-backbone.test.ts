import {
  ModelBackbone,
  type RedisGroup,
  type RedisServer,
  startRedis,
  startRedisCluster,
  VirtualTime,
} from "@roundhouse/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { describeBackbone, SHARDS } from "./backbone.contract.ts";
import { openEmpty } from "./redis-stage.contract.ts";

const openModel = async () => {
  const time = new VirtualTime();
  const backbone = new ModelBackbone({ shards: SHARDS, clock: time, defer: time.defer });
  return {
    backbone,
    turn: () => time.settle(),
    settle: async () => time.settle(),
    passes: async (ms: number) => time.pass(ms),
    close: async () => {},
  };
};

describe("on one Redis", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());
  describeBackbone("redis", () => openEmpty(server.url, [server]), openModel);
});

describe("on three primaries", () => {
  let cluster: RedisGroup;
  beforeAll(async () => {
    cluster = await startRedisCluster(3);
  });
  afterAll(() => cluster.stop());
  describeBackbone("redis cluster", () => openEmpty(cluster.url, cluster.servers), openModel);
});
