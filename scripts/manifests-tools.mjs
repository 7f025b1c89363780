// Programs that read manifests: found on this machine, or built from a Go module at a pinned version.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { programCache, run, saidBy } from "./image-tools.mjs";

/** What it takes to run a program, or why there is none. */
/** @typedef {{ readonly command: readonly string[] } | { readonly why: string }} Program */

/**
 * `kubectl kustomize`, which is what users have, else kustomize itself.
 * @returns {Program}
 */
export function findKustomize() {
  const version = run("kubectl", ["version", "--client"]);
  const major = Number(/Kustomize Version: v(\d+)/.exec(version.stdout)?.[1]);
  if (major >= COMPONENTS_SINCE) return { command: ["kubectl", "kustomize"] };
  const found = fromGo({
    module: "sigs.k8s.io/kustomize/kustomize/v5",
    version: "v5.8.1",
    makes: "kustomize",
  });
  if ("command" in found) return { command: [...found.command, "build"] };
  const tried = `\`kubectl version --client\` said: ${saidBy(version)}`;
  return {
    why: `manifests need kubectl with kustomize ${COMPONENTS_SINCE}, or kustomize: ${tried}; ${found.why}`,
  };
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
  const folder = join(programCache(), `${module.replaceAll("/", "_")}@${version}`);
  const program = join(folder, makes);
  if (existsSync(program)) return { command: [program] };
  const unfinished = `${folder}-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  const settings = [`GOBIN=${unfinished}`, "GOTOOLCHAIN=local", "GOFLAGS="];
  const install = ["nice", "-n", "10", "go", "install", `${module}@${version}`];
  const building = run("env", [...settings, ...install]);
  if (building.status === 0) {
    mkdirSync(folder, { recursive: true });
    renameSync(join(unfinished, makes), program); // Whole or not at all: two may build at once.
  }
  rmSync(unfinished, { recursive: true });
  if (building.status !== 0) {
    return { why: `\`go install ${module}@${version}\` said: ${saidBy(building)}` };
  }
  return { command: [program] };
}

const COMPONENTS_SINCE = 5;
