// The wholes that users may apply, rendered: both overlays, and every component with what it needs.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { root, run } from "./image-tools.mjs";

/** @typedef {{ readonly apiVersion: string, readonly kind: string, readonly metadata: { readonly name: string }, readonly [field: string]: any }} Manifest */

const k8s = join(root, "k8s");

/** Overlays by folder, and what people are told to add to them. */
export const wholes = [
  { name: "dev", of: "overlays/dev", with: [] },
  { name: "prod", of: "overlays/prod", with: [] },
  {
    name: "dev with every component",
    of: "overlays/dev",
    with: ["tls", "gateway-api", "monitoring", "keda", "load"],
  },
  { name: "prod with monitoring", of: "overlays/prod", with: ["monitoring"] },
  ...["redis", "tls", "gateway-api", "monitoring", "keda", "load"].map((name) => {
    return { name: `base with ${name}`, of: "base", with: [name] };
  }),
];

/**
 * @param {readonly string[]} kustomize how it is called
 * @param {(typeof wholes)[number]} whole
 * @returns {readonly Manifest[]}
 */
export function render(kustomize, whole) {
  const [command = "", ...args] = kustomize;
  const folder = folderOf(whole);
  try {
    const { status, stdout, stderr } = run(command, [...args, folder]);
    if (status !== 0) throw new Error(`${whole.name} cannot be rendered:\n${stderr}`);
    return parseAllDocuments(stdout).map((document) => unfolded(document.toJS()));
  } finally {
    if (folder.startsWith(cache)) rmSync(folder, { recursive: true });
  }
}

/**
 * kustomize breaks long values of a Secret into lines, which base64 allows and the API's schema does not.
 * @param {Manifest} manifest
 * @returns {Manifest}
 */
function unfolded(manifest) {
  if (manifest.kind !== "Secret") return manifest;
  const entries = Object.entries(manifest.data).map(([key, value]) => {
    return [key, String(value).replaceAll(/\s/g, "")];
  });
  return { ...manifest, data: Object.fromEntries(entries) };
}

/**
 * Its own, or one that adds components to it: as an overlay of a user's would.
 * @param {(typeof wholes)[number]} whole
 */
function folderOf(whole) {
  const own = join(k8s, whole.of);
  if (whole.with.length === 0) return own;
  const folder = join(cache, `${process.pid}-${whole.name.replaceAll(" ", "-")}`);
  mkdirSync(folder, { recursive: true });
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [relative(folder, own)],
    components: whole.with.map((name) => relative(folder, join(k8s, "components", name))),
  };
  writeFileSync(join(folder, "kustomization.yaml"), stringify(kustomization));
  return folder;
}

const cache = join(root, "node_modules", ".cache", "roundhouse-manifests", "wholes");
