/** What the real command says of settings: the same that a container would be told at its start. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const command = here("packages/roundhouse/bin/roundhouse.js");
const PATH = process.env["PATH"];

/** The names of all settings there are. */
export function knownSettings(): ReadonlySet<string> {
  const args = [command, "config", "--markdown"];
  const table = execFileSync(process.execPath, args, { env: { PATH }, encoding: "utf8" });
  return new Set([...table.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name = ""]) => name));
}

/** What is wrong with these settings; "" is good. */
export function problemsOf(settings: Readonly<Record<string, string>>): string {
  const env = { PATH, ...settings };
  const args = [command, "config"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

/** How long a node gives itself to stop, whatever it has to finish. */
export function stopSecondsMax(): number {
  const source = readFileSync(here("packages/roundhouse/src/commands/lifetime.ts"), "utf8");
  const milliseconds = Number(/STOP_MS = ([\d_]+)/.exec(source)?.[1]?.replaceAll("_", ""));
  if (!(milliseconds > 0)) throw new Error("lifetime.ts does not say STOP_MS any more.");
  return milliseconds / 1000;
}

/** Whether some metric of ours has this name. */
export function isMetric(name: string): boolean {
  const folder = here("packages/roundhouse/src");
  const args = ["-rqs", "--include=*.ts", `"${name}"`, folder];
  return spawnSync("grep", args).status === 0;
}
