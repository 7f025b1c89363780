// node load-tests/one-shard.mjs [--seconds 10] [--batch 100] [--outstanding 4000]
//
// How many actions a second one shard carries: a real Redis with AOF, a real `roundhouse shard` with
// SHARDS=1, and this process in a gateway's place: it says actions of 80 bytes on a real bus and counts
// them in the frames that come back. No sockets of players: those are a gateway's work, and gateways add up.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { silentLog, systemChance, systemClock } from "../packages/kernel/dist/index.js";
import { ClusterBus, msgpack, openRedisBackbone } from "../packages/ledger/dist/index.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    outstanding: { type: "string", default: "4000" },
    rooms: { type: "string", default: "20" },
  },
});
const [seconds, outstanding, rooms] = [values.seconds, values.outstanding, values.rooms].map(
  Number,
);
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "one-shard-"));
const redisPort = 22_001;
const adminPort = 22_002;
const url = `redis://127.0.0.1:${redisPort}`;
const start = (command, args, env = {}) =>
  spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"] });
const redis = start("redis-server", [
  "--port",
  String(redisPort),
  "--bind",
  "127.0.0.1",
  "--save",
  "",
  "--appendonly",
  "yes",
  "--dir",
  folder,
]);
const shard = start(process.execPath, [join(root, "node_modules", ".bin", "roundhouse"), "shard"], {
  REDIS_URL: url,
  SHARDS: "1",
  ADMIN_PORT: String(adminPort),
  LOG_LEVEL: "warn",
});
process.on("exit", () => {
  shard.kill("SIGKILL");
  redis.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
for (let tries = 0; ; tries++) {
  if ((await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => undefined))?.ok) break;
  if (tries > 400) throw new Error("the shard node is not ready");
  await sleep(50);
}
const parts = { shards: 1, clock: systemClock, log: silentLog };
const later = (run, ms) => setTimeout(run, ms);
const backbone = await openRedisBackbone({
  ...parts,
  url,
  later,
  defer: setImmediate,
  chance: systemChance,
});
const node = systemChance.bits64();
const bus = new ClusterBus({
  ...parts,
  node,
  backbone,
  codec: { ...msgpack, isFarewell: () => false, weightOf: () => 1 },
  defer: setImmediate,
  later,
  queueMax: 1_000_000,
  inboxMax: 65_536,
  buried: () => {},
});
backbone.listen(node, (heard) => bus.heard(heard));

let heard = 0;
let next = 0;
let seated = 0;
const fields = `"data":{"x":1234,"y":5678,"dx":-12,"dy":34,"t":"@123456789012","pad":"${"p".repeat(20)}"}`;
const session = (room) => `${node}-${room}`;
const speak = () => {
  const room = next++ % rooms;
  bus.append(0, node, {
    on: "act",
    room: `room-${room}`,
    session: session(room),
    actions: [{ at: undefined, fields }],
    extra: "",
  });
};
bus.hear(node, {
  missed: () => console.error("missed"),
  frame: ({ items }) => {
    let count = 0;
    for (const item of items) {
      if (item.to === "room")
        for (const event of item.events) if (event.on === "game") count += event.actions.length;
      if (item.to === "session" && item.told.on === "seated") seated++;
    }
    heard += count;
    for (let times = 0; times < count; times++) speak();
  },
});
for (let room = 0; room < rooms; room++) {
  const user = `user-${room}`;
  bus.append(0, node, { on: "attach", user, session: session(room), means: "idme", proven: false });
  bus.append(0, node, {
    on: "join",
    room: `room-${room}`,
    user,
    session: session(room),
    invite: [],
  });
}
while (seated < rooms) await sleep(20);
for (let index = 0; index < outstanding; index++) speak();
await sleep(2_000);
const cpu = (pid) => {
  const line = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
};
const before = [heard, cpu(shard.pid), cpu(redis.pid), performance.now()];
await sleep(seconds * 1_000);
const elapsed = performance.now() - before[3];
const actions = heard - before[0];
const us = (pid, was) => (((cpu(pid) - was) * 1_000) / actions).toFixed(2);
console.log(
  `${((actions / elapsed) * 1_000).toFixed(0)} actions/s through one shard (${outstanding} outstanding, ${fields.length} bytes each); ` +
    `CPU per action: shard node ${us(shard.pid, before[1])} µs, Redis ${us(redis.pid, before[2])} µs; ` +
    `cores used: shard ${((cpu(shard.pid) - before[1]) / elapsed).toFixed(2)}, Redis ${((cpu(redis.pid) - before[2]) / elapsed).toFixed(2)}`,
);
process.exit(0);
