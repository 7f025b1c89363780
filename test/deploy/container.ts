/** A container of the image, as an orchestrator starts it: read-only root, no capability, no way to become root. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { Conditions, polled } from "../integration/condition.ts";

/** What a command of the engine prints. Throws when it fails. */
export function podman(...words: readonly string[]): string {
  return execFileSync("podman", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

export type ContainerOptions = {
  readonly image: string;
  /** The role and its flags. */
  readonly words: readonly string[];
  readonly settings?: Readonly<Record<string, string | number>>;
  /** More of the engine's own options. */
  readonly options?: readonly string[];
};

export class Container {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #conditions = new Conditions();
  #out = "";
  #exit: number | undefined;

  constructor({ image, words, settings = {}, options = [] }: ContainerOptions) {
    this.name = `roundhouse-test-${process.pid}-${++count}`;
    const env = Object.entries(settings).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const flags = ["--rm", "--name", this.name, "--network=host", ...CONFINED, ...options];
    this.#child = spawn("podman", ["run", ...flags, ...env, image, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#out += text;
        this.#conditions.changed();
      });
    }
    this.#child.on("close", (code) => {
      this.#exit = code ?? -1;
      this.#conditions.changed();
    });
  }

  /** What it wrote, in both streams. */
  get out(): string {
    return this.#out;
  }

  /** Resolves once it answers a path of its admin port with 200. */
  async answers(adminPort: number, path: string): Promise<void> {
    const ask = async (): Promise<string> => {
      if (this.#exit !== undefined) throw new Error(`It ended with ${this.#exit}: ${this.#out}`);
      const response = await fetch(`http://127.0.0.1:${adminPort}${path}`).catch(() => undefined);
      return response?.ok === true ? "yes" : `no (${response?.status}): ${this.#out.slice(-400)}`;
    };
    await polled(ask, (answer) => answer === "yes");
  }

  /** What a command in it prints. Throws when that fails. */
  run(...words: readonly string[]): string {
    return podman("exec", this.name, ...words);
  }

  /** A signal to its first process. */
  signal(signal: "TERM" | "KILL"): void {
    podman("kill", "--signal", signal, this.name);
  }

  ended(patienceMs?: number): Promise<number> {
    return this.#conditions.until(
      () => this.#exit,
      () => `the end of the container; it wrote ${this.#out.slice(-2_000)}`,
      patienceMs,
    );
  }

  /** Whatever a test did: nothing is left behind. */
  drop(): void {
    if (this.#exit === undefined) podman("rm", "--force", this.name);
  }
}

const CONFINED = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"];
let count = 0;
