/** What tests stand on: scenes, players, a virtual time, one shard alone. Only tests import it. */
export { certificateOne, certificateOther, type TestCertificate } from "./certificates.ts";
export { type Client, Crowd, type Deed } from "./crowd.ts";
export { Desk } from "./desk.ts";
export { Dice } from "./dice.ts";
export { FakePasswords, hashOf } from "./fake-passwords.ts";
export { FakeSocket, FakeTopics } from "./fake-sockets.ts";
export { type Concerned, FaultProxy, startFaultProxy } from "./fault-proxy.ts";
export { Hall, type Wish } from "./hall.ts";
export { type InstantStore, instantStore } from "./instant-store.ts";
export { lives } from "./lives.ts";
export { LossyBus } from "./lossy-bus.ts";
export { ModelBackbone, type ModelOptions } from "./model-backbone.ts";
export { type Faults, Link, type LinkOptions, noFaults } from "./model-backbone-link.ts";
export { Outage } from "./model-backbone-outage.ts";
export type { ModelShard } from "./model-backbone-shard.ts";
export { bounds, limits, rules } from "./numbers.ts";
export { parrot, parrotTongue } from "./parrot.ts";
export { Player } from "./player.ts";
export {
  type RedisGroup,
  type RedisSentinel,
  startRedisCluster,
  startSentinel,
} from "./redis-groups.ts";
export { freePort, RedisServer, type RedisServerOptions, startRedis } from "./redis-server.ts";
export { type RoughDeed, RoughHouse } from "./rough-house.ts";
export { Scene, scene, tokenOf } from "./scene.ts";
export { SlowBus } from "./slow-bus.ts";
export { Actor, Stage } from "./stage.ts";
export { LineClient, StreamHouse, type StreamHouseOptions } from "./stream-house.ts";
export { type Heard, json, sentences, type Tongue } from "./tongue.ts";
export { Trio, type TrioOptions } from "./trio.ts";
export { type LogIn, Village, type Wish as VillageWish } from "./village.ts";
export { type VillageDeed, VillageLife, villageLives } from "./village-life.ts";
export { START, seconds, VirtualTime } from "./virtual-time.ts";
