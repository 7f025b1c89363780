// Brings a checkout to the point where it can run: packages installed, sources built, nothing done twice.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

/** Installs what is missing, then builds what is stale; ends the process when either fails. */
export function ready() {
  const installed = install(root);
  if (installed || isBuildStale()) build({ isQuiet: true });
}

/**
 * Runs `npm ci` in a folder whose packages are not those of its package-lock.json.
 * @param {string} folder
 * @returns {boolean} whether anything was installed
 */
export function install(folder) {
  const lock = readFileSync(join(folder, "package-lock.json"), "utf8");
  const stamp = join(folder, "node_modules", ".roundhouse-lock");
  const hash = createHash("sha256").update(lock).digest("hex");
  if (textOf(stamp) === hash) return false;

  // Somebody may have installed by hand: npm's own record of what is there decides.
  const isSame = holdsTheLock(lock, textOf(join(folder, "node_modules", ".package-lock.json")));
  if (!isSame) {
    console.error("Installing packages (npm ci) …");
    must("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], folder, {
      isQuiet: true,
    });
  }
  writeFileSync(stamp, hash);
  return !isSame;
}

/**
 * Builds all packages; the task runner skips those that have not changed.
 * @param {{ isQuiet: boolean }} options quiet: nothing is shown unless it fails
 */
export function build({ isQuiet }) {
  console.error("Building …");
  const startedAt = new Date();
  const turbo = join(root, "node_modules", "turbo", "bin", "turbo");
  const logs = isQuiet ? ["--output-logs=errors-only", "--log-prefix=none"] : [];
  must(process.execPath, [turbo, "run", "build", ...logs], root, { isQuiet });
  // The time of the start: a file saved during the build is stale.
  writeFileSync(buildStamp, "");
  utimesSync(buildStamp, startedAt, startedAt);
}

const buildStamp = join(root, "node_modules", ".roundhouse-build");

function isBuildStale() {
  if (!existsSync(buildStamp)) return true;
  const builtAt = statSync(buildStamp).mtimeMs;
  if (statSync(join(root, "tsconfig.json")).mtimeMs > builtAt) return true;
  return readdirSync(join(root, "packages")).some((name) => {
    const folder = join(root, "packages", name);
    if (!existsSync(join(folder, "package.json"))) return false;
    return !existsSync(join(folder, "dist")) || inputsOf(folder).some((it) => isNewer(it, builtAt));
  });
}

/** @param {string} folder */
function inputsOf(folder) {
  const manifests = readdirSync(folder).filter((name) => /^(package|tsconfig.*)\.json$/.test(name));
  return [...manifests, "src"].map((name) => join(folder, name)).filter(existsSync);
}

/**
 * A folder's own time counts too: it changes when a file is added or removed.
 * @param {string} path
 * @param {number} time
 * @returns {boolean}
 */
function isNewer(path, time) {
  if (path.endsWith(".test.ts")) return false;
  const stats = statSync(path);
  if (stats.mtimeMs > time) return true;
  return stats.isDirectory() && readdirSync(path).some((name) => isNewer(join(path, name), time));
}

/**
 * @param {string} lock
 * @param {string | undefined} record
 */
function holdsTheLock(lock, record) {
  if (record === undefined) return false;
  const wanted = JSON.parse(lock).packages;
  const present = JSON.parse(record).packages;
  const isPresent = (/** @type {string} */ path) => present[path]?.version === wanted[path].version;
  return Object.keys(wanted).every((path) => {
    if (!path.startsWith("node_modules/")) return true; // The root and the workspaces themselves.
    return isPresent(path) || (wanted[path].optional === true && present[path] === undefined);
  });
}

/** @param {string} path */
function textOf(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {{ isQuiet: boolean }} options
 */
function must(command, args, cwd, { isQuiet }) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
  // Standard output belongs to what runs after this: ours goes to standard error.
  const shown = isQuiet ? "pipe" : 2;
  const { status, error, output } = spawnSync(command, args, {
    cwd,
    env,
    stdio: ["ignore", shown, shown],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return;
  for (const text of output ?? []) process.stderr.write(text ?? "");
  console.error(error?.message ?? `\`${command} ${args.join(" ")}\` failed in ${cwd}.`);
  process.exit(1);
}
