// k6: on the PATH in the version that the scripts are written for, else built once from its Go module.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { programCache, root, run, saidBy } from "./image-tools.mjs";

/** @typedef {{ readonly command: string } | { readonly why: string }} K6 */

/**
 * Builds it when it must, which takes minutes and a GB of memory, once.
 * @returns {K6}
 */
export function findK6() {
  const version = run("k6", ["version"]);
  if (WANTED.test(version.stdout)) return { command: "k6" };
  const lock = readFileSync(join(source, "go.sum"));
  const pinned = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const folder = join(programCache(), `k6-${pinned}`);
  const command = join(folder, "k6");
  if (existsSync(command)) return { command };
  const go = run("env", ["GOTOOLCHAIN=local", "go", "env", "GOVERSION"]);
  if (Number(/^go1\.(\d+)/.exec(go.stdout)?.[1]) >= GO_MINOR_MIN) return build(folder);
  const wanted = `k6 2.2 (https://grafana.com/docs/k6), or Go 1.${GO_MINOR_MIN} or newer, which builds it`;
  const tried = `\`k6 version\` said: ${saidBy(version)}; \`go env GOVERSION\` said: ${saidBy(go)}`;
  return { why: `the load needs ${wanted}: ${tried}` };
}

/**
 * @param {string} folder
 * @returns {K6}
 */
function build(folder) {
  console.error("Building k6 2.2 from its Go module: once, some minutes …");
  mkdirSync(folder, { recursive: true });
  const unfinished = join(folder, `k6-${process.pid}`);
  // Few at a time: a compiler of Go takes hundreds of MB for the largest packages.
  const settings = ["GOTOOLCHAIN=local", "GOFLAGS=-mod=readonly", "CGO_ENABLED=0", "GOMAXPROCS=2"];
  const go = ["go", "build", "-C", source, "-p", "2", "-trimpath", "-o", unfinished, "."];
  const building = run("nice", ["-n", "10", "env", ...settings, ...go]);
  if (building.status !== 0) {
    return { why: `k6 cannot be built: \`go build\` said: ${saidBy(building)}` };
  }
  const command = join(folder, "k6");
  renameSync(unfinished, command); // Whole or not at all: two may build at once.
  return { command };
}

const WANTED = /^k6 v2\.2\./;
const GO_MINOR_MIN = 25;
const source = join(root, "load-tests", "k6", "build");
