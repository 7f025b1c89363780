/** Rendered manifests, as tests ask about them: pods, and what should belong to them. */
import type { Manifest } from "../../scripts/manifests-render.mjs";

export type Port = { readonly name: string; readonly containerPort: number };
export type Env = {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: {
      readonly name: string;
      readonly key: string;
      readonly optional?: boolean;
    };
    readonly fieldRef?: { readonly fieldPath: string };
  };
};
export type Probe = {
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
};
export type Container = {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly args?: readonly string[];
  readonly env?: readonly Env[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports: readonly Port[];
  readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly securityContext: Readonly<Record<string, unknown>>;
};
export type Labels = Readonly<Record<string, string>>;

/** A pod as a Deployment or a StatefulSet would make it. */
export type Pod = {
  readonly of: Manifest;
  readonly name: string;
  readonly labels: Labels;
  readonly spec: {
    readonly containers: readonly Container[];
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly terminationGracePeriodSeconds: number;
    readonly automountServiceAccountToken: boolean;
    readonly volumes?: readonly Readonly<Record<string, unknown>>[];
    readonly topologySpreadConstraints?: readonly {
      readonly topologyKey: string;
      readonly whenUnsatisfiable: string;
      readonly labelSelector: { readonly matchLabels: Labels };
    }[];
  };
};

export function podsOf(manifests: readonly Manifest[]): readonly Pod[] {
  const makers = manifests.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
  return makers.map((of) => {
    const { metadata, spec } = of["spec"].template;
    return { of, name: of.metadata.name, labels: metadata.labels, spec };
  });
}

/** Pods that the k6 operator makes of a TestRun: as much of them as policies ask about. */
export function runnersOf(manifests: readonly Manifest[]): readonly Chosen[] {
  return ofKind(manifests, "TestRun").map((of) => {
    const ports = [{ name: "k6", containerPort: 6565 }];
    return { labels: of["spec"].runner.metadata.labels, spec: { containers: [{ ports }] } };
  });
}

/** What a selector and a port's name need of a pod. */
type Chosen = {
  readonly labels: Labels;
  readonly spec: { readonly containers: readonly Pick<Container, "ports">[] };
};

/** Pods of roundhouse itself: gateways and shard nodes. */
export function nodesOf(manifests: readonly Manifest[]): readonly Pod[] {
  return podsOf(manifests).filter(
    ({ labels }) => labels["app.kubernetes.io/name"] === "roundhouse",
  );
}

export function chosen<Of extends Chosen>(
  pods: readonly Of[],
  selector: Labels = {},
): readonly Of[] {
  return pods.filter(({ labels }) => {
    return Object.entries(selector).every(([name, value]) => labels[name] === value);
  });
}

export const ofKind = (manifests: readonly Manifest[], kind: string): readonly Manifest[] => {
  return manifests.filter((manifest) => manifest.kind === kind);
};

/** Every port of some pods, by name. */
export function portsOf(pods: readonly Chosen[]): ReadonlyMap<string, number> {
  const ports = pods.flatMap(({ spec }) => spec.containers.flatMap(({ ports }) => ports));
  return new Map(ports.map(({ name, containerPort }) => [name, containerPort]));
}

/** The settings that a node is started with, secrets and fields by a stand-in. */
export function settingsOf(
  pod: Pod,
  manifests: readonly Manifest[],
): Readonly<Record<string, string>> {
  const [container] = pod.spec.containers;
  const maps = (container?.envFrom ?? []).map(({ configMapRef }) => {
    const map = ofKind(manifests, "ConfigMap").find((it) => it.metadata.name === configMapRef.name);
    return map?.["data"] as Readonly<Record<string, string>>;
  });
  const own = (container?.env ?? [])
    .filter(({ valueFrom }) => valueFrom?.secretKeyRef?.optional !== true)
    .map(({ name, value }) => [name, value ?? standIn[name] ?? "stand-in"]);
  return Object.assign({}, ...maps, Object.fromEntries(own));
}

const standIn: Readonly<Record<string, string>> = { REDIS_URL: "redis://stand-in:6379" };
