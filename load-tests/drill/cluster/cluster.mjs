// A whole cluster on this machine: gateways and shard nodes, each a process, around a Redis.
import { createServer } from "node:net";
import { Process } from "./process.mjs";

/**
 * @typedef {{
 *   readonly redisUrl: string,
 *   readonly settings?: Readonly<Record<string, string>>,
 * }} ClusterOptions
 */

/** @typedef {{ readonly name: string, readonly role: "gateway" | "shard", process: Process,
 *   adminPort: number, address: string }} Node
 */

export class Cluster {
  /** Where clients connect; as long as there is the cluster, this is the same list. @type {string[]} */
  gateways = [];
  /** @type {Map<string, Node>} */
  nodes = new Map();
  #options;

  /** @param {ClusterOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * So many nodes, started at once.
   * @param {{ gateways: number, shards: number }} counts
   */
  async start({ gateways, shards }) {
    const names = [
      ...Array.from({ length: shards }, (_, n) => `shard-${n + 1}`),
      ...Array.from({ length: gateways }, (_, n) => `gateway-${n + 1}`),
    ];
    await Promise.all(names.map((name) => this.begin(name)));
    await Promise.all(names.map((name) => this.isReady(name)));
    this.gateways.sort();
  }

  /**
   * Starts a node, or starts it again; a gateway comes back on its own port. It need not be ready yet.
   * @param {string} name
   */
  async begin(name) {
    const role = name.startsWith("gateway") ? "gateway" : "shard";
    const before = this.nodes.get(name);
    const httpPort = before === undefined ? await freePort() : before.address.split(":").at(-1);
    const started = new Process([role], {
      REDIS_URL: this.#options.redisUrl,
      NODE_NAME: name,
      HOST: "127.0.0.1",
      ADMIN_PORT: "0",
      LOG_LEVEL: "info",
      ...(role === "gateway" ? { HTTP_PORT: String(httpPort), SCRP_PORT: "0" } : {}),
      ...this.#options.settings,
    });
    await started.isUp();
    const address = role === "gateway" ? `ws://127.0.0.1:${started.portBehind("Page")}` : "";
    const adminPort = started.portBehind("Metrics") ?? 0;
    this.nodes.set(name, { name, role, process: started, adminPort, address });
    if (role === "gateway" && !this.gateways.includes(address)) this.gateways.push(address);
  }

  /** @param {string} name */
  async isReady(name) {
    const { adminPort, process } = this.node(name);
    const until = performance.now() + READY_MS;
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => undefined);
      const text = await answer?.text();
      if (answer?.ok) return;
      if (performance.now() > until || process.exit !== undefined) {
        throw new Error(`${name} is not ready: ${text}\n${process.log.slice(-4_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** @param {string} name */
  node(name) {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`There is no ${name}.`);
    return node;
  }

  /** The names of those that run. @param {"gateway" | "shard"} role */
  names(role) {
    const nodes = [...this.nodes.values()].filter((it) => it.role === role);
    return nodes.filter((it) => it.process.exit === undefined).map(({ name }) => name);
  }

  /** @param {string} name */
  async kill(name) {
    const { process } = this.node(name);
    process.signal("SIGKILL");
    await process.ended;
  }

  /** Ends a node in good order: it must say so itself, by its exit code. @param {string} name */
  async end(name) {
    const { code } = await this.node(name).process.stop();
    if (code !== 0) throw new Error(`${name} ended with ${code}: ${this.node(name).process.log}`);
  }

  /** Runs another command against a node. @param {string} name @param {readonly string[]} words */
  async tell(name, ...words) {
    const run = new Process(words, { ADMIN_PORT: String(this.node(name).adminPort) });
    const { code } = await run.ended;
    if (code !== 0) throw new Error(`roundhouse ${words.join(" ")} failed: ${run.out}${run.log}`);
    return run.out;
  }

  /**
   * A metric of every node that runs, summed up by the value of one of its labels.
   * @param {string} metric
   * @param {string} label
   */
  async sums(metric, label) {
    const texts = await Promise.all([...this.nodes.values()].map(metricsOf));
    /** @type {Map<string, number>} */
    const sums = new Map();
    for (const line of texts.flatMap((text) => text.split("\n"))) {
      if (!line.startsWith(`${metric}{`)) continue;
      const value = new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? "";
      const number = Number(line.slice(line.lastIndexOf(" ") + 1));
      sums.set(value, (sums.get(value) ?? 0) + number);
    }
    return sums;
  }

  /** The shard node that owns the most shards. */
  async busiest() {
    const held = await Promise.all(
      this.names("shard").map(async (name) => {
        const owned = /^roundhouse_shards (\d+)/m.exec(await metricsOf(this.node(name)))?.[1];
        return { name, shards: Number(owned) };
      }),
    );
    return held.sort((a, b) => b.shards - a.shards)[0]?.name ?? "";
  }

  /** Ends everything at once, whatever state it is in. */
  async stop() {
    const all = [...this.nodes.values()].map(({ process }) => process);
    for (const process of all) process.signal("SIGKILL");
    await Promise.all(all.map(({ ended }) => ended));
  }
}

/** @param {Node} node */
async function metricsOf({ adminPort, process }) {
  if (process.exit !== undefined) return "";
  return (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
}

/**
 * A port that nobody listens on. Named, not left to the system: only then does the next process get it
 * at once after the one before was killed.
 * @returns {Promise<number>}
 */
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

const READY_MS = 30_000;
const LOOK_MS = 50;
