// What images need from the system: an engine that builds and runs them, found or installed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export const root = join(import.meta.dirname, "..");
/** Of programs that were built. Outside of the checkout: it outlives `npm ci`, and is the same for all checkouts. */
export const programCache = () =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "roundhouse");
const cache = join(root, "node_modules", ".cache", "roundhouse-image");
/** Debian's; runc and cgroupfs because there may be neither systemd nor cgroups of version 2. */
const PACKAGES =
  "podman buildah runc conmon netavark aardvark-dns mmdebstrap uidmap iptables redis-server";

/**
 * podman, with a configuration of our own that works without systemd, or why there is none.
 * @returns {{ readonly engine: "podman" } | { readonly why: string }}
 */
export function findPodman() {
  configure();
  if (!isOnPath("podman") || !isOnPath("mmdebstrap")) {
    const why = install();
    if (why !== undefined) return { why };
  }
  const info = run("podman", ["info"]);
  if (info.status === 0) return { engine: "podman" };
  return { why: `podman does not run here: \`podman info\` said: ${saidBy(info)}` };
}

/** Ours by variable: the machine's own configuration stays as it is. */
function configure() {
  if (process.env.CONTAINERS_CONF !== undefined) return;
  mkdirSync(cache, { recursive: true });
  const file = join(cache, "containers.conf");
  writeFileSync(
    file,
    `[containers]
default_ulimits = ["nofile=${limit("open_files", 20_000)}", "nproc=${limit("max_user_processes", 32_768)}"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`,
  );
  process.env.CONTAINERS_CONF = file;
}

/**
 * runc is refused more than this process may have, and podman lowers its own share of processes.
 * @param {"open_files" | "max_user_processes"} of
 * @param {number} most
 */
function limit(of, most) {
  const report = /** @type {{ userLimits?: Record<string, { hard?: unknown }> }} */ (
    process.report?.getReport() ?? {}
  );
  const hard = Number(report.userLimits?.[of]?.hard);
  const value = Number.isFinite(hard) ? Math.min(hard, most) : most;
  return `${value}:${value}`;
}

function install() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !isOnPath("apt-get"))
    return "podman or mmdebstrap is not on the PATH, and only root with apt-get installs them";
  const command = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${PACKAGES}`;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const installing = spawnSync("sh", ["-c", command], { env, encoding: "utf8" });
  if (installing.status === 0) return undefined;
  return `podman is not here, and cannot be installed: \`${command}\` said: ${saidBy(installing)}`;
}

/**
 * @param {string} engine
 * @param {string} image
 */
export function hasImage(engine, image) {
  return run(engine, ["image", "inspect", image]).status === 0;
}

/**
 * Megabytes of a million bytes, as registries and `docker images` count them.
 * @param {string} engine
 * @param {string} image
 */
export function megabytesOf(engine, image) {
  const { stdout } = run(engine, ["image", "inspect", "--format", "{{.Size}}", image]);
  return Number(stdout) / 1_000_000;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
export function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout: stdout ?? "", stderr: stderr ?? error?.message ?? "" };
}

/** What a command that was no use had to say. @param {{ stdout: string, stderr: string }} ran */
export function saidBy({ stdout, stderr }) {
  const said = stderr.trim() || stdout.trim() || "nothing";
  return said.slice(-SAID_CHARS_MAX);
}

const SAID_CHARS_MAX = 2_000;

/**
 * At a low priority, its output shown only when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function must(command, args) {
  const { status, stdout, stderr } = run("nice", ["-n", "10", command, ...args]);
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
}

/** @param {string} command */
export function isOnPath(command) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command)));
}
