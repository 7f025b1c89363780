/** A real server for the browser tests: the command itself, in its own process, on free ports. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export type House = {
  readonly url: string;
  readonly admin: string;
  readonly scrpPort: number;
  /** Ends the process as an operator would and starts it again: same ports, same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

type Settings = Readonly<Record<string, string>>;

export async function openHouse(settings: Settings = {}): Promise<House> {
  const [httpPort, adminPort, scrpPort] = [await freePort(), await freePort(), await freePort()];
  const dataDir = mkdtempSync(join(tmpdir(), "roundhouse-browser-"));
  const env = {
    ...process.env,
    ...settings,
    HOST: "127.0.0.1",
    HTTP_PORT: String(httpPort),
    ADMIN_PORT: String(adminPort),
    SCRP_PORT: String(scrpPort),
    DATA_DIR: dataDir,
    LOG_LEVEL: "warn",
  };
  const admin = `http://127.0.0.1:${adminPort}`;
  let child = await start(env, admin);
  return {
    url: `http://127.0.0.1:${httpPort}`,
    admin,
    scrpPort,
    async restart() {
      await stop(child);
      child = await start(env, admin);
    },
    async close() {
      await stop(child);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const COMMAND = fileURLToPath(
  new URL("../../packages/roundhouse/bin/roundhouse.js", import.meta.url),
);
const READY_MS_MAX = 20_000;

async function start(env: NodeJS.ProcessEnv, admin: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [COMMAND, "start"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stdout.on("data", (text) => said.push(String(text)));
  child.stderr.on("data", (text) => said.push(String(text)));
  const deadline = Date.now() + READY_MS_MAX;
  while (!(await isReady(admin))) {
    const over = Date.now() > deadline || child.exitCode !== null;
    if (over) throw new Error(`The server did not get ready. It said:\n${said.join("")}`);
    await pause(50);
  }
  return child;
}

async function isReady(admin: string): Promise<boolean> {
  try {
    return (await fetch(`${admin}/readyz`)).status === 200;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = await ended;
  if (code !== 0) throw new Error(`The server ended with ${code} instead of 0`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("No port was given");
  return address.port;
}
