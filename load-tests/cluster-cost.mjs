// node load-tests/cluster-cost.mjs [--shards 1,4,16,64] [--rooms 10,100,1000] [--measure 5000] [--runs 3] [--rate 5000]
//
// What an action costs in a cluster (Redis, two gateways, one shard node), and whether that grows with
// the number of shards or of rooms. Each room has one sender on the first gateway and two receivers on the
// second. All servers share core 0, the load core 1. Two phases: a fixed rate, and saturation with so many
// actions outstanding in all rooms together. CPU is that of all server processes, Redis included.
// Runs are interleaved, and what is printed is the median of each figure and its ratio to the first row.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const SERVERS = "0";
const LOAD = "1";
const root = join(import.meta.dirname, "..");
if (!process.argv.includes("--pinned")) {
  const { status } = spawnSync(
    "taskset",
    ["-c", LOAD, process.execPath, ...process.argv.slice(1), "--pinned"],
    {
      stdio: "inherit",
    },
  );
  process.exit(status ?? 1);
}
const { adapters } = await import("./peers/adapters.mjs");
const { Conn, nowUs, stamped, stats, template } = await import("./peers/lib/wsconn.mjs");
const { cpuOf, sleep } = await import("./peers/lib/proc.mjs");

const { values } = parseArgs({
  options: {
    shards: { type: "string", default: "1,4,16,64" },
    rooms: { type: "string", default: "10,100,1000" },
    measure: { type: "string", default: "5000" },
    runs: { type: "string", default: "3" },
    rate: { type: "string", default: "5000" },
    window: { type: "string", default: "400" },
    pinned: { type: "boolean", default: false },
  },
});
const numbers = (/** @type {string} */ list) => list.split(",").map(Number);
const [measureMs, runs, rate, outstanding] = [
  values.measure,
  values.runs,
  values.rate,
  values.window,
].map(Number);
const RECEIVERS = 2;
const adapter = adapters.turntable;
const bin = join(root, "node_modules", ".bin", "roundhouse");
const children = new Set();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

let port = 21_000;

async function cluster(shards) {
  const folder = mkdtempSync(join(tmpdir(), "cluster-cost-"));
  const redisPort = port++;
  const on = (command, args, env = {}) => {
    const child = spawn("taskset", ["-c", SERVERS, command, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "inherit"],
    });
    children.add(child);
    return child;
  };
  const redis = on("redis-server", [
    "--port",
    String(redisPort),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--dir",
    folder,
  ]);
  await opens(redisPort);
  const settings = () => ({
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    SHARDS: String(shards),
    LOG_LEVEL: "warn",
    CONNECTIONS_PER_ADDRESS_MAX: "0",
    MESSAGES_PER_SECOND_MAX: "0",
    HTTP_PORT: String(port++),
    SCRP_PORT: "0",
    ADMIN_PORT: String(port++),
  });
  const gateways = [settings(), settings()];
  const shard = settings();
  const nodes = [
    ...gateways.map((env) => on(process.execPath, [bin, "gateway"], env)),
    on(process.execPath, [bin, "shard"], shard),
  ];
  for (const env of gateways) await ready(Number(env.ADMIN_PORT));
  await ready(Number(shard.ADMIN_PORT));
  const all = [...nodes, redis];
  return {
    ports: gateways.map((env) => Number(env.HTTP_PORT)),
    pids: all.map((child) => child.pid),
    stop: async () => {
      for (const child of all) {
        const gone = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        const late = setTimeout(() => child.kill("SIGKILL"), 3_000);
        await gone;
        clearTimeout(late);
        children.delete(child);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function opens(at) {
  for (let tries = 0; tries < 200; tries++) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(at, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on ${at}`);
}

async function ready(adminPort) {
  for (let tries = 0; tries < 400; tries++) {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`the node behind ${adminPort} is not ready`);
}

async function enter(ports, rooms) {
  const wanted = [];
  for (let room = 0; room < rooms; room++) {
    wanted.push({ port: ports[0], room: `room-${room}`, user: `s${room}` });
    for (let seat = 0; seat < RECEIVERS; seat++) {
      wanted.push({ port: ports[1], room: `room-${room}`, user: `u${room}-${seat}` });
    }
  }
  const connections = [];
  for (let from = 0; from < wanted.length; from += 100) {
    const some = wanted.slice(from, from + 100);
    connections.push(
      ...(await Promise.all(
        some.map((it) => new Conn(adapter, { host: "127.0.0.1", ...it }).open()),
      )),
    );
  }
  return connections;
}

async function phase(pids) {
  await sleep(1_500);
  stats.nlat = 0;
  const [deliveries, cpu, begun] = [stats.n, cpuOf(pids), nowUs()];
  await sleep(measureMs);
  const used = cpuOf(pids).map((it, index) => it - cpu[index]);
  const seconds = (nowUs() - begun) / 1e6;
  const actions = (stats.n - deliveries) / RECEIVERS;
  const latencies = stats.lat.slice(0, stats.nlat).sort();
  const sum = used.reduce((total, it) => total + it, 0);
  return {
    rate: actions / seconds,
    cost: sum / actions,
    each: used.map((it) => it / actions),
    p50: (latencies[Math.floor(latencies.length / 2)] ?? Number.NaN) / 1000,
  };
}

async function once(shards, rooms) {
  const house = await cluster(shards);
  try {
    const connections = await enter(house.ports, rooms);
    const senders = connections.filter((it) => it.ctx.port === house.ports[0]);
    const receivers = connections.filter((it) => it.ctx.port === house.ports[1]);
    receivers.forEach((it, index) => {
      it.probe = index % Math.max(1, Math.floor(receivers.length / 40)) === 0;
    });
    for (const it of senders) {
      it.onGot = (n) => {
        stats.n -= n;
      };
    } // A sender's echo is no delivery.
    await sleep(500);
    const speak = (connection) => {
      connection.tpl ??= template(adapter.action(connection.ctx).payload, 1);
      connection.sock.write(stamped(connection.tpl, nowUs()));
    };
    let next = 0;
    const begun = nowUs();
    let done = 0;
    const timer = setInterval(() => {
      const due = Math.floor(((nowUs() - begun) * rate) / 1e6);
      for (; done < due; done++) speak(senders[next++ % senders.length]);
    }, 1);
    const fixed = await phase(house.pids);
    clearInterval(timer);
    await sleep(1_000);
    // Closed loop: what arrives at a room's first receiver is said again by its sender.
    senders.forEach((sender, index) => {
      receivers[index * RECEIVERS].onGot = (n) => {
        for (let times = 0; times < n; times++) speak(sender);
      };
    });
    for (let index = 0; index < outstanding; index++) speak(senders[index % senders.length]);
    const saturated = await phase(house.pids);
    for (const it of connections) it.close();
    return { fixed, saturated };
  } finally {
    await house.stop();
  }
}

const median = (list) => list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)];
const cases = [
  ...numbers(values.shards).map((shards) => ({ shards, rooms: 100 })),
  ...numbers(values.rooms).map((rooms) => ({ shards: 64, rooms })),
];
const results = new Map(cases.map((it) => [it, []]));
for (let run = 1; run <= runs; run++) {
  for (const it of cases) {
    const result = await once(it.shards, it.rooms);
    results.get(it).push(result);
    const [a, b, shard, redis] = result.saturated.each.map((us) => us.toFixed(1));
    console.log(
      `#${run} ${it.shards} shards, ${it.rooms} rooms: fixed ${result.fixed.cost.toFixed(1)} µs/action p50 ${result.fixed.p50.toFixed(2)} ms; ` +
        `saturated ${result.saturated.cost.toFixed(1)} µs/action, ${result.saturated.rate.toFixed(0)}/s (A ${a} B ${b} shard ${shard} redis ${redis})`,
    );
  }
}
console.log(
  "\n| shards | rooms | fixed µs/action | p50 ms | saturated µs/action | actions/s |\n|---:|---:|---:|---:|---:|---:|",
);
for (const group of [
  cases.slice(0, numbers(values.shards).length),
  cases.slice(numbers(values.shards).length),
]) {
  const figure = (it, of) => median(results.get(it).map(of));
  const [first] = group;
  for (const it of group) {
    const [fixed, saturated] = [(r) => r.fixed.cost, (r) => r.saturated.cost].map((of) => {
      const value = figure(it, of);
      return `${value.toFixed(1)} (${(value / figure(first, of)).toFixed(2)} ×)`;
    });
    console.log(
      `| ${it.shards} | ${it.rooms} | ${fixed} | ${figure(it, (r) => r.fixed.p50).toFixed(2)} | ${saturated} | ${figure(it, (r) => r.saturated.rate).toFixed(0)} |`,
    );
  }
}
process.exit(0);
