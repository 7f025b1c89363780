// `npm run cluster`: a whole cluster on this machine, with a Redis of its own, until Ctrl-C.
import "./node-version.mjs";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

/** What is said as it is, without a stack: there is something to do about it. */
class Sentence extends Error {}

/**
 * @typedef {{ httpPort: number, scrpPort: number, scrpTlsPort: number }} Players where they reach a gateway
 * @typedef {{ role: "gateway" | "shard", name: string, players: Players | undefined, adminPort: number }} ClusterNode
 */

const { ready, root } = await import("./ready.mjs");
const { gateways, shards, redis } = readFlags();
ready();

const bin = join(root, "packages", "roundhouse", "bin", "roundhouse.js");
const folder = mkdtempSync(join(tmpdir(), "roundhouse-cluster-"));
/** Everything that runs, by name. Each is in a group of its own: Ctrl-C reaches only this process. */
const running = /** @type {Map<string, import("node:child_process").ChildProcess>} */ (new Map());
let isUp = false;
let isStopping = false;

// Whatever happens here, nothing is left behind.
process.on("exit", () => {
  for (const child of running.values()) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
let signals = 0;
for (const signal of ["SIGINT", "SIGTERM"]) {
  // npm passes on what the terminal has already sent: two at once are one.
  process.on(signal, () => {
    if (++signals === 1) setTimeout(() => stop(0).catch(fail), ECHO_MS);
    else if (isStopping) process.exit(130);
  });
}

const ECHO_MS = 300;
const LOOK_MS = 100;
const AGAIN_MS = 1_000;
const FIRST_HTTP_PORT = 8080;
const FIRST_ADMIN_PORT = 9090;
const FIRST_SCRP_PORT = 42_015;

const url = redis ?? (await startRedis());
const nodes = Array.from({ length: gateways + shards }, (_, index) => nodeAt(index));
for (const node of nodes) startNode(node);
for (const node of nodes) await readyAt(node.adminPort);
isUp = true;
if (!isStopping) console.log(banner());

/** @param {number} index @returns {ClusterNode} */
function nodeAt(index) {
  const adminPort = FIRST_ADMIN_PORT + index;
  if (index >= gateways) {
    return { role: "shard", name: `shard-${index - gateways + 1}`, players: undefined, adminPort };
  }
  // Two ports of SCRP for each: the second is used when there is a certificate.
  const scrpPort = FIRST_SCRP_PORT + 2 * index;
  const players = { httpPort: FIRST_HTTP_PORT + index, scrpPort, scrpTlsPort: scrpPort + 1 };
  return { role: "gateway", name: `gateway-${index + 1}`, players, adminPort };
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        gateways: { type: "string", default: "2" },
        shards: { type: "string", default: "3" },
        redis: { type: "string" },
      },
    });
    const counts = [values.gateways, values.shards];
    if (counts.every((count) => /^[1-9]\d?$/.test(count))) {
      const [gateways, shards] = counts.map(Number);
      return { gateways: gateways ?? 0, shards: shards ?? 0, redis: values.redis };
    }
    console.error("--gateways and --shards are numbers of processes, 1 to 99.");
  } catch (cause) {
    console.error(cause instanceof Error ? cause.message : cause);
  }
  console.error(
    "Usage: npm run cluster -- [--gateways 2] [--shards 3] [--redis redis://host:6379]",
  );
  process.exit(2);
}

async function startRedis() {
  const port = await freePort();
  launchRedis(port);
  while (!(await answers(port))) await passed(LOOK_MS);
  return `redis://127.0.0.1:${port}`;
}

/**
 * What was acknowledged outlives a kill -9 of it: with an AOF that is written before each answer. (Not so
 * with everysec, which answers first while a flush is slow; `always` outlives the machine, too.)
 * @param {number} port
 */
function launchRedis(port) {
  const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder];
  const aof = ["--appendonly", "yes", "--appendfsync", "no", "--save", ""];
  const safety = [...aof, "--maxmemory-policy", "noeviction"];
  const outputs = ["--client-output-buffer-limit", "pubsub 96mb 64mb 10"];
  const child = run("redis", "redis-server", [...place, ...safety, ...outputs], process.env);
  child.stdout.resume(); // Its own log is of interest to nobody here.
  child.on("error", () => {
    const install = "Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis";
    fail(
      new Sentence(`redis-server is not on this machine. ${install}. Or name one: --redis URL.`),
    );
  });
  child.on("exit", (code, signal) =>
    ended("redis", signal ?? `exit ${code}`, () => launchRedis(port)),
  );
}

/** @param {ClusterNode} node */
function startNode(node) {
  const { role, name, players, adminPort } = node;
  const env = {
    HOST: "127.0.0.1",
    ...process.env, // SHARDS, AUTH, LOG_LEVEL and all the others.
    REDIS_URL: url,
    NODE_NAME: name,
    ADMIN_PORT: String(adminPort),
    ...(players === undefined ? {} : playersAt(players)),
  };
  const child = run(name, process.execPath, [bin, role], env);
  child.stdout.resume(); // Its banner: ours says the same for all.
  createInterface({ input: child.stderr }).on("line", (line) => {
    console.error(`${name.padEnd(10)} ${line}`);
  });
  child.on("exit", (code, signal) => ended(name, signal ?? `exit ${code}`, () => startNode(node)));
}

/**
 * As a supervisor would: what ended by itself is started again.
 * @param {string} name
 * @param {string} how
 * @param {() => void} again
 */
function ended(name, how, again) {
  if (isStopping) return;
  if (!isUp) return fail(new Sentence(`${name} did not start (${how}).`));
  console.error(`${name.padEnd(10)} ended (${how}); it is started again.`);
  setTimeout(() => isStopping || again(), AGAIN_MS);
}

/** @param {Players} players */
function playersAt({ httpPort, scrpPort, scrpTlsPort }) {
  return {
    HTTP_PORT: String(httpPort),
    SCRP_PORT: String(scrpPort),
    SCRP_TLS_PORT: String(scrpTlsPort),
    PUBLIC_ADDRESS: `ws://localhost:${httpPort}`,
  };
}

/**
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function run(name, command, args, env) {
  const child = spawn(command, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  running.set(name, child);
  child.on("error", () => running.delete(name)); // It never began.
  child.on("close", () => {
    if (running.get(name) === child) running.delete(name);
  });
  return child;
}

/**
 * Gateways first: then the shards have nobody left to serve, and Redis nobody left to remember.
 * @param {number} exit
 */
async function stop(exit) {
  if (isStopping) return;
  isStopping = true;
  if (isUp) console.error("\nStopping: gateways, then shard nodes, then Redis.");
  for (const part of ["gateway-", "shard-", "redis"]) {
    const children = [...running].flatMap(([name, child]) =>
      name.startsWith(part) ? [child] : [],
    );
    const ended = children.map((child) => new Promise((resolve) => child.once("close", resolve)));
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(ended);
  }
  process.exit(exit);
}

/** @param {unknown} cause */
function fail(cause) {
  console.error(cause instanceof Sentence ? cause.message : cause);
  stop(1).catch(() => process.exit(1));
}

function banner() {
  const lines = nodes.map(({ name, players, adminPort }) => {
    const page = players === undefined ? "" : `http://localhost:${players.httpPort}/`;
    const scrp = players === undefined ? "" : `SCRP ${players.scrpPort}`;
    return `  ${name.padEnd(11)}${page.padEnd(25)}${scrp.padEnd(13)}admin http://localhost:${adminPort}/${pidOf(name)}`;
  });
  return `
Roundhouse: ${gateways} gateways and ${shards} shard nodes are one cluster.

${lines.join("\n")}
  ${"redis".padEnd(11)}${url}${pidOf("redis")}${redis === undefined ? `   (its own; data in ${folder}, gone with it)` : ""}

Try: npx roundhouse nodes; open both pages and meet in a room; kill -9 any of them: it comes back.
Ctrl-C stops everything in good order.`;
}

/** @param {string} name */
function pidOf(name) {
  const pid = running.get(name)?.pid;
  return pid === undefined ? "" : `   pid ${pid}`;
}

/** @param {number} port */
async function readyAt(port) {
  while (!isStopping) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await passed(LOOK_MS);
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** @param {number} ms */
function passed(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
