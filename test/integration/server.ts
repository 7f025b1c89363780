/** The real server, as its user starts it: a process of its own, on free ports, with its own data. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Conditions } from "./condition.ts";

export type Settings = Readonly<Record<string, string | number>>;
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

const command = fileURLToPath(
  new URL("../../packages/roundhouse/bin/roundhouse.js", import.meta.url),
);

/** A new folder that `removeFolders` takes away. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "roundhouse-test-"));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A run of the command that may end by itself. */
export class Run {
  readonly #child: ChildProcess;
  readonly #conditions = new Conditions();
  #out = "";
  #err = "";
  #exit: Exit | undefined;

  constructor(words: readonly string[], environment: Settings) {
    // Nothing of the tester's own environment: a setting there would change what is tested.
    const env = { PATH: process.env["PATH"], ...asText(environment) };
    this.#child = spawn(process.execPath, [command, ...words], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#out += text;
      this.#conditions.changed();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#err += text;
      this.#conditions.changed();
    });
    // "close" comes after the last output, "exit" may come before it.
    this.#child.on("close", (code, signal) => {
      this.#exit = { code, signal };
      this.#conditions.changed();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it said on standard output. */
  get out(): string {
    return this.#out;
  }

  /** Its log, and what it had to complain about. */
  get err(): string {
    return this.#err;
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  ended(): Promise<Exit> {
    return this.until(() => this.#exit);
  }

  until<Value>(look: () => Value | undefined): Promise<Value> {
    return this.#conditions.until(look, () => `the process said\n${this.#out}${this.#err}`);
  }
}

/** A server that is up. */
export class Server {
  readonly run: Run;
  readonly dataDir: string;
  readonly httpPort: number;
  readonly scrpPort: number;
  /** 0 without a certificate. */
  readonly scrpTlsPort: number;
  readonly adminPort: number;

  /** One that is not up yet has said no port: its administration's is given then. */
  constructor(run: Run, dataDir: string, adminPort?: number) {
    this.run = run;
    this.dataDir = dataDir;
    this.httpPort = portAfter("Page\\s+http://", run.out);
    this.scrpPort = portAfter("SCRP\\s+", run.out);
    this.scrpTlsPort = portAfter("with TLS ", run.out);
    this.adminPort = adminPort ?? portAfter("Metrics\\s+http://", run.out);
  }

  get address(): string {
    return `127.0.0.1:${this.httpPort}`;
  }

  get admin(): string {
    return `http://127.0.0.1:${this.adminPort}`;
  }

  /** Ends it in good order, or at once by SIGKILL. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Exit> {
    if (this.run.exit === undefined) this.run.signal(signal);
    return this.run.ended();
  }

  async ask(path: string): Promise<unknown> {
    const response = await fetch(`${this.admin}${path}`);
    return response.json();
  }

  /** The sum of a metric's samples, only those whose labels contain `label`; 0 if there is none. */
  async metric(name: string, label = ""): Promise<number> {
    const text = await (await fetch(`${this.admin}/metrics`)).text();
    const samples = text.split("\n").filter((line) => {
      return (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) && line.includes(label);
    });
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  refusals(code: string): Promise<number> {
    return this.metric("roundhouse_gateway_refusals_total", `code="${code}"`);
  }

  /** Resident memory, in bytes. */
  rss(): number {
    const status = readFileSync(`/proc/${this.run.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Runs another command of `roundhouse` against this server. */
  async tell(...words: readonly string[]): Promise<Run> {
    const run = new Run(words, { ADMIN_PORT: this.adminPort });
    await run.ended();
    return run;
  }
}

/** Starts a server and waits until it says that it is up. */
export async function startServer(settings: Settings = {}): Promise<Server> {
  const dataDir = String(settings["DATA_DIR"] ?? newFolder());
  const run = new Run(["start"], {
    HOST: "127.0.0.1",
    HTTP_PORT: 0,
    SCRP_PORT: 0,
    ADMIN_PORT: 0,
    ...settings,
    DATA_DIR: dataDir,
  });
  return new Server(await isUp(run), dataDir);
}

/** Resolves once a node says that it is up. */
export function isUp(run: Run): Promise<Run> {
  return run.until(() => {
    if (run.exit !== undefined) throw new Error(`It did not start: ${run.out}${run.err}`);
    return run.out.includes("Ctrl-C") ? run : undefined;
  });
}

/** 0 if the banner names none: a shard node has no doors for players. */
const portAfter = (label: string, banner: string): number => {
  return Number(new RegExp(`${label}[^\\s,]*?:(\\d+)`).exec(banner)?.[1] ?? 0);
};

function asText(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, it]) => [name, String(it)]));
}

const folders: string[] = [];
