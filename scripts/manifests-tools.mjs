// Programs that read manifests: found on this machine, or built from a Go module at a pinned version.
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { isOnPath, root, run } from "./image-tools.mjs";

const cache = join(root, "node_modules", ".cache", "roundhouse-manifests");

/** What it takes to run a program, or why there is none. */
/** @typedef {{ readonly command: readonly string[] } | { readonly why: string }} Program */

/**
 * `kubectl kustomize`, which is what users have, else kustomize itself.
 * @returns {Program}
 */
export function findKustomize() {
  const { stdout } = run("kubectl", ["version", "--client"]);
  const major = Number(/Kustomize Version: v(\d+)/.exec(stdout)?.[1]);
  if (major >= COMPONENTS_SINCE) return { command: ["kubectl", "kustomize"] };
  const found = fromGo({
    module: "sigs.k8s.io/kustomize/kustomize/v5",
    version: "v5.8.1",
    makes: "kustomize",
  });
  return "why" in found ? found : { command: [...found.command, "build"] };
}

/**
 * The reader of compose files that `docker compose` is built on: schema, references and all.
 * @returns {Program}
 */
export function findComposeReader() {
  return fromGo({
    module: "github.com/compose-spec/compose-go/v2/cmd",
    version: "v2.9.0",
    makes: "cmd",
  });
}

/**
 * @param {{ module: string, version: string, makes: string }} tool
 * @returns {Program}
 */
function fromGo({ module, version, makes }) {
  const folder = join(cache, version);
  const program = join(folder, makes);
  if (existsSync(program)) return { command: [program] };
  if (!isOnPath("go")) return { why: `neither it nor Go, which would build ${module}, is here` };
  const building = join(cache, `${version}-${process.pid}`);
  mkdirSync(building, { recursive: true });
  const settings = [`GOBIN=${building}`, "GOTOOLCHAIN=local", "GOFLAGS="];
  const install = ["nice", "-n", "10", "go", "install", `${module}@${version}`];
  const { status, stderr } = run("env", [...settings, ...install]);
  if (status !== 0) return { why: `${module}@${version} cannot be built: ${stderr}` };
  mkdirSync(folder, { recursive: true });
  renameSync(join(building, makes), program); // Whole or not at all: two may build at once.
  return { command: [program] };
}

const COMPONENTS_SINCE = 5;
