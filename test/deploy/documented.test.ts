/** What the pages have people type at a cluster: the names in it are those of the manifests. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Manifest, render, wholes } from "../../scripts/manifests-render.mjs";
import { nodesOf, ofKind, podsOf } from "./manifests.ts";
import { kustomizeHere } from "./tools.ts";

const kustomize = kustomizeHere();
const isHere = "command" in kustomize;
const pages = ["docs/operations.md", "k8s/README.md", "deploy/README.md"].map((path) => ({
  path,
  text: readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"),
}));
const text = pages.map((page) => page.text).join("\n");
/** Each finding once. */
const found = (pattern: RegExp): readonly string[] => {
  return [...new Set([...text.matchAll(pattern)].map(([, what = ""]) => what))].sort();
};

const whole = wholes.find(({ name }) => name === "dev");
const manifests = isHere && whole !== undefined ? render(kustomize.command, whole) : [];
const component = "app.kubernetes.io/component";

it("is held against the manifests where kubectl, or Go to build kustomize with, is at hand", (context) => {
  if (!isHere) context.skip(kustomize.why);
  expect(manifests.length).toBeGreaterThan(10);
});

describe.runIf(isHere)("what is typed at a cluster", () => {
  it("names objects that are there", () => {
    const named = found(/\b((?:deployment|statefulset|service)\/roundhouse[\w-]*)/g);
    const there = manifests.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(there).toContain(name);
  });

  it("names pods and volumes of StatefulSets as Kubernetes will", () => {
    const sets = ofKind(manifests, "StatefulSet").map(({ metadata }) => metadata.name);
    const claims = ofKind(manifests, "StatefulSet").flatMap(({ metadata, spec }) => {
      const templates: readonly Manifest[] = spec.volumeClaimTemplates ?? [];
      return templates.map((claim) => `${claim.metadata.name}-${metadata.name}`);
    });
    const pods = found(/\s(roundhouse-\w+)-\d+\b/g);
    expect(pods).toContain("roundhouse-redis");
    for (const pod of pods) expect(sets).toContain(pod);
    const volumes = found(/\b(data-roundhouse-\w+)-0\b/g);
    expect(volumes).not.toEqual([]);
    for (const volume of volumes) expect(claims).toContain(volume);
  });

  it("leaves out one kind of pods by a label, with all that is its own, and nothing that others need", () => {
    const left = found(new RegExp(`-l '${component}!=(\\w+)'`, "g"));
    expect(left).toEqual(["gateway", "redis", "shard"]);
    for (const name of left) {
      const isLeftOut = ({ metadata }: Manifest): boolean => {
        return (metadata as { labels?: Record<string, string> }).labels?.[component] === name;
      };
      const out = manifests.filter(isLeftOut);
      expect(podsOf(out).map((pod) => pod.name)).toEqual([`roundhouse-${name}`]);
      // Settings and Secrets go with whoever comes first.
      const kinds = new Set(out.map(({ kind }) => kind));
      for (const kind of ["ConfigMap", "Secret", "NetworkPolicy", "Namespace"]) {
        expect(kinds, name).not.toContain(kind);
      }
    }
  });

  it("waits for pods by a label that all nodes have and Redis has not", () => {
    const labels = found(/wait --for=delete pod -l app\.kubernetes\.io\/name=(\w+)/g);
    expect(labels).toEqual(["roundhouse"]);
    expect(podsOf(manifests).map(({ name }) => name)).toHaveLength(3);
    expect(nodesOf(manifests)).toHaveLength(2);
  });

  it("finds the script that restores where Redis' pod mounts it", () => {
    const [folder = ""] = found(/-- sh (\S+)\/restore\.sh/g);
    const redis = podsOf(manifests).find(({ name }) => name === "roundhouse-redis");
    const { volumeMounts: mounts } = (redis?.spec.containers[0] ?? {}) as {
      volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
    };
    const volume = mounts?.find(({ mountPath }) => mountPath === folder)?.name;
    const { configMap } = (redis?.spec.volumes?.find(({ name }) => name === volume) ?? {}) as {
      configMap?: { name: string };
    };
    const map = ofKind(manifests, "ConfigMap").find((it) => it.metadata.name === configMap?.name);
    expect(Object.keys(map?.["data"] ?? {})).toContain("restore.sh");
  });
});
