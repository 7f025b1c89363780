// The programs that tests need from the system: installed where that can be done, otherwise said plainly.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** One program a line: its command, why it is needed, and its package where the name differs. */
const programs = [
  { command: "chromium", why: "the page is tested in a real browser", package: {} },
  {
    command: "redis-server",
    why: "clusters are tested on a real Redis",
    package: { dnf: "redis", pacman: "redis", brew: "redis" },
  },
  { command: "perl", why: "a peer whose kernel answers nothing is played by it", package: {} },
  {
    command: "prometheus",
    why: "every panel of the dashboards is asked of a real Prometheus",
    package: { dnf: "golang-github-prometheus" },
  },
  {
    command: "promtool",
    why: "rules are tested with it",
    package: {
      "apt-get": "prometheus",
      dnf: "golang-github-prometheus",
      pacman: "prometheus",
      brew: "prometheus",
    },
  },
];

/** In the order in which they are looked for. */
const installers = [
  {
    command: "apt-get",
    install: "apt-get update && apt-get install -y --no-install-recommends",
    needsRoot: true,
  },
  { command: "dnf", install: "dnf install -y", needsRoot: true },
  { command: "pacman", install: "pacman -S --noconfirm", needsRoot: true },
  { command: "brew", install: "brew install", needsRoot: false },
];

/** Ends the process when a program is missing and cannot be installed from here. */
export function needSystemPackages() {
  const missing = programs.filter(({ command }) => !isOnPath(command));
  if (missing.length === 0) return;
  for (const { command, why } of missing) console.error(`Missing: ${command} (${why}).`);

  const installer = installers.find(({ command }) => isOnPath(command));
  if (installer === undefined) stop("Install them with your system's package manager.");

  const packages = new Set(missing.map((it) => packageOf(it, installer.command)));
  const names = [...packages].join(" ");
  const isRoot = process.getuid?.() === 0;
  if (installer.command !== "apt-get" || !isRoot) {
    const asRoot = installer.needsRoot && !isRoot;
    const command = `${installer.install} ${names}`;
    stop(`Type this, then try again:\n\n  ${asRoot ? `sudo sh -c '${command}'` : command}\n`);
  }

  const command = `${installer.install} ${names}`;
  console.error(command);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync("sh", ["-c", command], { env, stdio: ["ignore", 2, 2] });
  const absent = missing.filter(({ command }) => !isOnPath(command)).map((it) => it.command);
  if (status !== 0) stop("That failed: see above.");
  if (absent.length > 0) stop(`Still missing after that: ${absent.join(", ")}.`);
}

/**
 * @param {{ command: string, package: Record<string, string> }} program
 * @param {string} installer
 */
function packageOf(program, installer) {
  return program.package[installer] ?? program.command;
}

/** @param {string} command */
function isOnPath(command) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command)));
}

/**
 * @param {string} sentence
 * @returns {never}
 */
function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
