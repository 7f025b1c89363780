// Manifests against the API's own types: unknown fields, missing ones, wrong values.
import { join } from "node:path";
import { compiled } from "./compiled.mjs";
import { root } from "./image-tools.mjs";

/** @typedef {import("./manifests-render.mjs").Manifest} Manifest */

/** Which package knows a group; "" is the core's. */
const packages = /** @type {Readonly<Record<string, string>>} */ ({
  "": "kubernetes-models",
  apps: "kubernetes-models/apps",
  policy: "kubernetes-models/policy",
  "networking.k8s.io": "kubernetes-models/networking.k8s.io",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator/monitoring.coreos.com",
  "keda.sh": "@kubernetes-models/keda/keda.sh",
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api/gateway.networking.k8s.io",
  "k6.io": join(root, "scripts", "manifests-k6.mjs"), // No package knows it.
});

/**
 * Where a kind's type and class are found.
 * @param {Pick<Manifest, "apiVersion" | "kind">} manifest
 */
function moduleOf({ apiVersion, kind }) {
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  const name = packages[group];
  if (name === undefined) throw new Error(`No package is known for ${apiVersion} ${kind}.`);
  return name.endsWith(".mjs") ? name : `${name}/${version}`;
}

/**
 * What is wrong with the values; an empty list is good. Unknown fields pass here.
 * @param {Manifest} manifest
 * @returns {Promise<string | undefined>}
 */
export async function wrongValues(manifest) {
  const { [manifest.kind]: Model } = await import(moduleOf(manifest));
  if (Model === undefined) return `${manifest.apiVersion} has no ${manifest.kind}`;
  try {
    new Model(manifest).validate();
    return undefined;
  } catch (cause) {
    return `${manifest.kind} ${manifest.metadata.name}: ${cause instanceof Error ? cause.message : cause}`;
  }
}

/**
 * What the compiler says of the manifests as literals of their types: it knows every field. "" is good.
 * @param {readonly Manifest[]} manifests
 */
export function wrongTypes(manifests) {
  return compiled(manifests.map(literalOf).join("\n"));
}

/**
 * @param {Manifest} manifest
 * @param {number} index
 */
function literalOf(manifest, index) {
  const type = `import("${moduleOf(manifest)}").I${manifest.kind}`;
  return `export const ${nameOf(manifest)}_${index}: ${type} = ${JSON.stringify(manifest, null, 2)};`;
}

/** So that the compiler's message says which one it means. @param {Manifest} manifest */
function nameOf({ kind, metadata }) {
  return `${kind}_${metadata.name}`.replaceAll(/\W/g, "_");
}
