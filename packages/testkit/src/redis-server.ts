/**
 * A real Redis of a test's own: on a free port, with its data in a temporary folder. It ends with the
 * process that started it, however that ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askRedis, type RedisReply } from "./redis-ask.ts";

export type RedisServerOptions = {
  /** Whether what was acknowledged outlives a kill -9. */
  readonly aof?: boolean;
  /** More of the server's own options. */
  readonly args?: readonly string[];
};

/** Starts a server and waits until it answers. */
export async function startRedis({
  aof = false,
  args = [],
}: RedisServerOptions = {}): Promise<RedisServer> {
  // With everysec Redis answers before it has written whenever a flush takes long: a kill -9 then loses
  // what it acknowledged. With no it writes first, and leaves the flush to the system.
  const appendonly = ["--appendonly", aof ? "yes" : "no", "--appendfsync", "no"];
  return launchRedis((port, folder) => {
    const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder];
    return [...place, "--save", "", ...appendonly, ...args];
  });
}

/** Tries ports until one is really free: between asking and taking, another process may take it. */
export async function launchRedis(
  argsOf: (port: number, folder: string) => readonly string[],
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "roundhouse-redis-"));
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const server = new RedisServer(port, folder, argsOf(port, folder));
    try {
      await server.start();
      return server;
    } catch (cause) {
      if (tries < TRIES_MAX && String(cause).includes("Address already in use")) continue;
      throw cause;
    }
  }
}

export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #out = "";

  constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Sends one command on a connection of its own. */
  ask(...words: readonly string[]): Promise<RedisReply> {
    return askRedis(this.port, words);
  }

  async start(): Promise<void> {
    this.#out = "";
    const child = spawn("redis-server", this.#args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    const collect = (text: Buffer): void => {
      this.#out = (this.#out + text.toString()).slice(-OUT_CHARS_MAX);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (cause) => {
      this.#out += String(cause);
    });
    child.unref();
    if (child.pid !== undefined) watchOver(child.pid, this.#folder);
    while (!(await this.#answers())) {
      const isGone = child.exitCode !== null || child.signalCode !== null;
      if (isGone || child.pid === undefined) throw new Error(`No Redis: ${this.#out}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** kill -9. Its data stay. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.ref();
    child.kill("SIGKILL");
    await ended;
  }

  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** kill -9, and once more with the same data on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Ends it, and its data too. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      return (await this.ask("PING")) === "PONG";
    } catch {
      return false; // It does not listen yet, or is loading its data.
    }
  }
}

/** A port that nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

let watchdog: ChildProcess | undefined;

/** Has a shell of its own wait for the end of this process, to end the server and remove its data. */
function watchOver(pid: number, folder: string): void {
  if (watchdog === undefined) {
    watchdog = spawn("sh", ["-c", WATCH], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    watchdog.unref();
  }
  const { stdin } = watchdog;
  stdin?.write(`${pid} ${folder}\n`);
  if (stdin !== null && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
}

/** Its input ends when this process does. A number may be another process's by then: it looks. */
const WATCH = `
list=$(cat)
echo "$list" | while read -r pid folder; do
  case "$(ps -o comm= -p "$pid")" in *redis*) kill -9 "$pid" ;; esac
  rm -rf "$folder"
done
`;
const TRIES_MAX = 5;
const LOOK_MS = 10;
const OUT_CHARS_MAX = 4_000;
