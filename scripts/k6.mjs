// k6: on the PATH in the version that the scripts are written for, else built once from its Go module.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isOnPath, root, run } from "./image-tools.mjs";

/** @typedef {{ readonly command: string } | { readonly why: string }} K6 */

/**
 * Builds it when it must, which takes minutes and a GB of memory, once.
 * @returns {K6}
 */
export function findK6() {
  if (WANTED.test(run("k6", ["version"]).stdout)) return { command: "k6" };
  const lock = readFileSync(join(source, "go.sum"));
  const pinned = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const folder = join(cache, `k6-${pinned}`);
  const command = join(folder, "k6");
  if (existsSync(command)) return { command };
  const why = whyNoGo();
  return why === undefined ? build(folder) : { why };
}

function whyNoGo() {
  if (!isOnPath("go")) {
    return "neither k6 2.2 nor Go, which would build it, is here. Install k6 2.2 (https://grafana.com/docs/k6) or Go 1.25 or newer.";
  }
  const { stdout } = run("env", ["GOTOOLCHAIN=local", "go", "env", "GOVERSION"]);
  const minor = Number(/^go1\.(\d+)/.exec(stdout)?.[1]);
  if (minor >= GO_MINOR_MIN) return undefined;
  return `k6 2.2 is not here, and ${stdout.trim()} cannot build it: Go 1.${GO_MINOR_MIN} or newer can.`;
}

/**
 * @param {string} folder
 * @returns {K6}
 */
function build(folder) {
  console.error("Building k6 2.2 from its Go module: once, some minutes …");
  mkdirSync(folder, { recursive: true });
  const building = join(folder, `k6-${process.pid}`);
  // Few at a time: a compiler of Go takes hundreds of MB for the largest packages.
  const settings = ["GOTOOLCHAIN=local", "GOFLAGS=-mod=readonly", "CGO_ENABLED=0", "GOMAXPROCS=2"];
  const go = ["go", "build", "-C", source, "-p", "2", "-trimpath", "-o", building, "."];
  const { status, stderr } = run("nice", ["-n", "10", "env", ...settings, ...go]);
  if (status !== 0) return { why: `k6 cannot be built: ${stderr}` };
  const command = join(folder, "k6");
  renameSync(building, command); // Whole or not at all: two may build at once.
  return { command };
}

const WANTED = /^k6 v2\.2\./;
const GO_MINOR_MIN = 25;
const source = join(root, "load-tests", "k6", "build");
/** Outside of the checkout: it outlives `git clean`, and is the same for all checkouts. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "roundhouse");
