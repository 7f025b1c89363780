/** The manifests: right by the API's types, and right by what roundhouse needs of a cluster. */
import { describe, expect, it } from "vitest";
import { type Manifest, render, wholes } from "../../scripts/manifests-render.mjs";
import { wrongTypes, wrongValues } from "../../scripts/manifests-types.mjs";
import { isMetric, knownSettings, problemsOf, stopSecondsMax } from "./command.ts";
import {
  chosen,
  nodesOf,
  ofKind,
  type Pod,
  podsOf,
  portsOf,
  runnersOf,
  settingsOf,
} from "./manifests.ts";
import { kustomizeHere } from "./tools.ts";

const kustomize = kustomizeHere();
const isHere = "command" in kustomize;

const rendered = !isHere
  ? []
  : wholes.map((whole) => ({ name: whole.name, manifests: render(kustomize.command, whole) }));
const settings = isHere ? knownSettings() : new Set<string>();
const every = <Of>(list: (manifests: readonly Manifest[]) => readonly Of[]): readonly Of[] => {
  return rendered.flatMap(({ manifests }) => list(manifests));
};

it("are checked where kubectl, or Go to build kustomize with, is at hand", (context) => {
  if (!isHere) context.skip(kustomize.why);
  expect(rendered.length).toBeGreaterThan(5);
});

describe.runIf(isHere).each(rendered)("$name", ({ manifests }) => {
  const pods = podsOf(manifests);

  it("has only fields that the API knows, with values that it takes", async () => {
    expect(wrongTypes(manifests)).toBe("");
    expect((await Promise.all(manifests.map(wrongValues))).filter(Boolean)).toEqual([]);
  }, 60_000);

  it("puts everything into one namespace, whose pods must be restricted", () => {
    const [namespace] = ofKind(manifests, "Namespace");
    expect(namespace?.metadata).toMatchObject({
      name: "roundhouse",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    for (const { kind, metadata } of manifests) {
      if (kind !== "Namespace") expect(metadata).toMatchObject({ namespace: "roundhouse" });
    }
  });

  it("leads every Service to pods that have its ports, and every budget and policy to pods", () => {
    for (const service of ofKind(manifests, "Service")) {
      const targets = chosen(pods, service["spec"].selector);
      expect(targets, service.metadata.name).toHaveLength(1);
      for (const { name, port, targetPort } of service["spec"].ports) {
        expect(targetPort).toBe(name);
        expect(portsOf(targets).get(targetPort), `${service.metadata.name} ${name}`).toBe(port);
      }
    }
    for (const budget of ofKind(manifests, "PodDisruptionBudget")) {
      expect(budget["spec"]).toMatchObject({
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      });
      expect(chosen(pods, budget["spec"].selector.matchLabels)).toHaveLength(1);
    }
    for (const policy of ofKind(manifests, "NetworkPolicy")) {
      const any = [...pods, ...runnersOf(manifests)];
      const targets = chosen(any, policy["spec"].podSelector.matchLabels);
      expect(targets.length, policy.metadata.name).toBeGreaterThan(0);
      const ports = (policy["spec"].ingress ?? []).flatMap(
        (rule: { ports?: [] }) => rule.ports ?? [],
      );
      const known = portsOf(targets);
      const isKnown = (port: string | number): boolean => {
        return typeof port === "string" ? known.has(port) : [...known.values()].includes(port);
      };
      for (const { port } of ports) expect(isKnown(port), port).toBe(true);
    }
  });

  it("closes every pod by default, in and out", () => {
    const closed = ofKind(manifests, "NetworkPolicy").find(
      ({ metadata }) => metadata.name === "nobody",
    );
    expect(closed?.["spec"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  it("refers to maps, Secrets and targets that are there, but for those that people make", () => {
    const has = (kind: string, name: string): boolean => {
      return ofKind(manifests, kind).some(({ metadata }) => metadata.name === name);
    };
    const byHand = ["roundhouse", "roundhouse-tls"];
    const isThere = (name: string): boolean => has("Secret", name) || byHand.includes(name);
    for (const { spec } of pods) {
      for (const { envFrom = [], env = [] } of spec.containers) {
        for (const { configMapRef } of envFrom)
          expect(has("ConfigMap", configMapRef.name)).toBe(true);
        for (const { valueFrom } of env) {
          const secret = valueFrom?.secretKeyRef?.name;
          if (secret !== undefined) expect(isThere(secret), secret).toBe(true);
        }
      }
    }
    for (const { spec } of ofKind(manifests, "ScaledObject").map(({ spec }) => ({ spec }))) {
      expect(has(spec.scaleTargetRef.kind, spec.scaleTargetRef.name)).toBe(true);
    }
    for (const { spec } of ofKind(manifests, "HTTPRoute").map(({ spec }) => ({ spec }))) {
      expect(has("Gateway", spec.parentRefs[0].name)).toBe(true);
      expect(has("Service", spec.rules[0].backendRefs[0].name)).toBe(true);
    }
  });
});

describe.runIf(isHere)("every pod", () => {
  const pods = every(podsOf);

  it("is what the restricted profile asks for, and more: no token, nothing to write on", () => {
    for (const { spec } of pods) {
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(spec.automountServiceAccountToken).toBe(false);
      for (const field of ["hostNetwork", "hostPID", "hostIPC"])
        expect(spec).not.toHaveProperty(field);
      for (const { securityContext } of spec.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
      }
      for (const { name, ...kind } of spec.volumes ?? []) {
        expect(["configMap", "secret", "emptyDir"], String(name)).toContain(Object.keys(kind)[0]);
      }
    }
  });

  it("comes from an image at one version, taken from the machine when it is there", () => {
    for (const { image, imagePullPolicy } of pods.flatMap(({ spec }) => spec.containers)) {
      expect(image).toMatch(/^[\w./-]+:\d+\.\d+\.\d+[\w.-]*$/);
      expect(imagePullPolicy).toBe("IfNotPresent");
    }
  });

  it("says what it needs, has a limit of memory, and none of CPU", () => {
    for (const { resources } of pods.flatMap(({ spec }) => spec.containers)) {
      expect(Object.keys(resources.requests).sort()).toEqual(["cpu", "memory"]);
      expect(Object.keys(resources.limits)).toEqual(["memory"]);
    }
  });

  it("is chosen by who made it, by a label that never changes", () => {
    for (const pod of pods) {
      const { matchLabels } = pod.of["spec"].selector;
      expect(chosen([pod], matchLabels)).toEqual([pod]);
      expect(Object.keys(matchLabels).sort()).toEqual([
        "app.kubernetes.io/component",
        "app.kubernetes.io/name",
      ]);
    }
  });
});

describe.runIf(isHere)("every node", () => {
  const nodes = rendered.flatMap(({ name, manifests }) => {
    return nodesOf(manifests).map((pod) => ({ what: `${pod.name} in ${name}`, pod, manifests }));
  });

  it.each(nodes)("has time to end itself: $what", ({ pod }) => {
    const [{ lifecycle } = { lifecycle: undefined }] = pod.spec.containers;
    const preStop = lifecycle?.preStop.sleep.seconds ?? 0;
    expect(preStop).toBe(5);
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(preStop + stopSecondsMax());
  });

  it.each(nodes)(
    "is given settings that exist, with values that are accepted: $what",
    ({ pod, manifests }) => {
      const given = settingsOf(pod, manifests);
      for (const name of Object.keys(given)) expect(settings.has(name), name).toBe(true);
      for (const { name } of pod.spec.containers[0]?.env ?? [])
        expect(settings.has(name), name).toBe(true);
      // Signed tokens need a key, which only the Secret has.
      const { TLS_CERT_FILE: _, TLS_KEY_FILE: __, ...others } = given;
      expect(problemsOf({ ...others, JWT_SECRET: "stand-in-of-at-least-32-bytes-length" })).toBe(
        "",
      );
    },
  );

  it.each(nodes)("listens where its ports say: $what", ({ pod, manifests }) => {
    const given = settingsOf(pod, manifests);
    const settingOf: Readonly<Record<string, string>> = {
      http: "HTTP_PORT",
      scrp: "SCRP_PORT",
      "scrp-tls": "SCRP_TLS_PORT",
      admin: "ADMIN_PORT",
    };
    for (const [name, port] of portsOf([pod])) {
      expect(given[settingOf[name] ?? ""], name).toBe(String(port));
    }
    expect(portsOf([pod]).has("http")).toBe(pod.name === "roundhouse-gateway");
    expect(given).toMatchObject({ ADMIN_HOST: "0.0.0.0" });
  });

  it.each(nodes)("is ready when it serves, and alive while its loop turns: $what", ({ pod }) => {
    for (const { startupProbe, readinessProbe, livenessProbe } of pod.spec.containers) {
      expect(startupProbe.httpGet).toEqual({ path: "/healthz", port: "admin" });
      expect(readinessProbe.httpGet).toEqual({ path: "/readyz", port: "admin" });
      expect(livenessProbe.httpGet).toEqual({ path: "/healthz", port: "admin" });
      // Out of the way within 5 s, and not killed for a pause that it recovers from by itself.
      expect(readinessProbe.periodSeconds * readinessProbe.failureThreshold).toBeLessThanOrEqual(5);
      expect(livenessProbe.periodSeconds * livenessProbe.failureThreshold).toBeGreaterThan(20);
    }
  });

  it.each(nodes)("is spread over zones and machines: $what", ({ what, pod }) => {
    const spread = pod.spec.topologySpreadConstraints ?? [];
    expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
      "topology.kubernetes.io/zone",
      "kubernetes.io/hostname",
    ]);
    for (const { labelSelector } of spread) {
      expect(chosen([pod], labelSelector.matchLabels)).toHaveLength(1);
    }
    const strictness = what.includes(" in prod") ? "DoNotSchedule" : "ScheduleAnyway";
    expect(spread[1]?.whenUnsatisfiable).toBe(strictness);
  });
});

describe.runIf(isHere)("the shard nodes", () => {
  const shards = every(nodesOf).filter(({ name }) => name === "roundhouse-shard");

  it("start and end in no order, and have names from the beginning", () => {
    for (const { of } of shards) {
      expect(of["spec"]).toMatchObject({
        podManagementPolicy: "Parallel",
        serviceName: "roundhouse-shard",
      });
    }
    for (const { metadata, spec } of every((all) => ofKind(all, "Service")).map(withSpec)) {
      if (metadata.name !== "roundhouse-shard") continue;
      expect(spec).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
    }
  });
});

describe.runIf(isHere)("the Redis inside", () => {
  it("has memory for its data twice, since a restore holds them so, and for two processes and a fork", () => {
    const redis = every(podsOf).find(({ name }) => name === "roundhouse-redis");
    const limit = /^(\d+)Gi$/.exec(redis?.spec.containers[0]?.resources.limits["memory"] ?? "");
    const maps = every((all) => ofKind(all, "ConfigMap"));
    const configuration = maps.map((map) => map["data"]?.["redis.conf"]).find(Boolean);
    const data = /^maxmemory (\d+)gb$/m.exec(String(configuration));
    expect(Number(data?.[1])).toBeGreaterThan(0);
    expect(Number(limit?.[1])).toBeGreaterThanOrEqual(3 * Number(data?.[1]));
  });
});

describe.runIf(isHere)("what scales by itself", () => {
  const scaled = rendered.filter(({ manifests }) => ofKind(manifests, "ScaledObject").length > 0);

  it("has no number of its own that applying the manifests would restore", () => {
    expect(scaled.length).toBeGreaterThan(0);
    for (const { of } of scaled.flatMap(({ manifests }) => nodesOf(manifests))) {
      expect(of["spec"]).not.toHaveProperty("replicas");
    }
  });

  it("asks for metrics that nodes have, and takes silence for no answer", () => {
    for (const { manifests } of scaled) {
      for (const { spec } of ofKind(manifests, "ScaledObject").map(withSpec)) {
        for (const { metadata } of spec.triggers) {
          const names = String(metadata.query).match(/\b(?:roundhouse|process)_[a-z_]+\b/g) ?? [];
          expect(names).not.toEqual([]);
          for (const name of names.filter((it) => it.startsWith("roundhouse_"))) {
            expect(isMetric(name), name).toBe(true);
          }
          expect(metadata.ignoreNullValues).toBe("false");
        }
      }
    }
  });
});

describe.runIf(isHere)("the load", () => {
  const loads = rendered.filter(({ manifests }) => ofKind(manifests, "TestRun").length > 0);

  it("finds its script, and every file that the script needs, in a map", () => {
    expect(loads.length).toBeGreaterThan(1);
    for (const { manifests } of loads) {
      const { configMap } = ofKind(manifests, "TestRun")[0]?.["spec"].script ?? {};
      const map = ofKind(manifests, "ConfigMap").find((it) => it.metadata.name === configMap.name);
      const scripts = map?.["data"] as Readonly<Record<string, string>>;
      expect(Object.keys(scripts)).toContain(configMap.file);
      for (const source of Object.values(scripts)) {
        const needed = [...source.matchAll(/from "\.\/([\w.-]+)"/g)].map(([, file = ""]) => file);
        for (const file of needed) expect(Object.keys(scripts)).toContain(file);
      }
    }
  });

  it("goes to a Service that is there, in as many parts as there are runners", () => {
    for (const { manifests } of loads) {
      const { parallelism, runner, starter } = ofKind(manifests, "TestRun")[0]?.["spec"] ?? {};
      const env = new Map(
        runner.env.map(({ name, value }: { name: string; value: string }) => [name, value]),
      );
      expect(env.get("ROUNDHOUSE_RUNNERS")).toBe(String(parallelism));
      const { hostname, port } = new URL(String(env.get("ROUNDHOUSE_URL")));
      const service = ofKind(manifests, "Service").find((it) => it.metadata.name === hostname);
      const ports = service?.["spec"].ports.map((it: { port: number }) => String(it.port));
      expect(ports).toContain(port);
      // What the restricted profile asks of the pods that the operator makes.
      for (const pod of [runner, starter]) {
        expect(pod.securityContext).toMatchObject({ runAsNonRoot: true });
        expect(pod.containerSecurityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
        });
      }
    }
  });
});

describe.runIf(isHere)("the check itself", () => {
  const manifests = rendered[0]?.manifests ?? [];
  const spoiled = (spoil: (pod: Pod) => unknown): readonly Manifest[] => {
    const copy = structuredClone([...manifests]);
    for (const pod of nodesOf(copy)) spoil(pod);
    return copy;
  };

  it("finds a field that the API does not know, however deep", () => {
    const wrong = spoiled(({ spec }) =>
      Object.assign(spec.containers[0] ?? {}, { enviroment: [] }),
    );
    expect(wrongTypes(wrong)).toMatch(/StatefulSet_roundhouse_shard.*|'?enviroment'?/);
    expect(wrongTypes(wrong)).toContain("enviroment");
  });

  it("finds a field that the k6 operator does not know, and a pod that cannot be", async () => {
    const load = every((all) => ofKind(all, "TestRun"))[0];
    if (load === undefined) throw new Error("There is no TestRun.");
    const [unknown, wrong] = [structuredClone(load), structuredClone(load)];
    Object.assign(unknown["spec"].runner, { imagePolicy: "IfNotPresent" });
    Object.assign(wrong["spec"].runner.securityContext, { runAsUser: "k6" });
    expect(wrongTypes([unknown])).toContain("imagePolicy");
    expect(await wrongValues(wrong)).toContain("runAsUser");
  });

  it("finds a value of another type, and one that is missing", async () => {
    const wrong = spoiled(({ of }) =>
      Object.assign(of["spec"], { replicas: "3", selector: undefined }),
    );
    expect(wrongTypes(wrong)).toContain("TS2322");
    const [problem] = (await Promise.all(wrong.map(wrongValues))).filter(Boolean);
    expect(problem).toMatch(/selector|replicas/);
  });
});

function withSpec(manifest: Manifest): Manifest & { readonly spec: Manifest[string] } {
  return { ...manifest, spec: manifest["spec"] };
}
