/** The compose file, and the configurations that it mounts. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { run } from "../../scripts/image-tools.mjs";
import { knownSettings, problemsOf, stopSecondsMax } from "./command.ts";
import { composeReaderHere } from "./tools.ts";

type Service = {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly stop_grace_period?: string;
  readonly deploy?: { readonly replicas: number };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck: { readonly interval: string; readonly test: readonly string[] };
  readonly [field: string]: unknown;
};

const folder = fileURLToPath(new URL("../../deploy/", import.meta.url));
const read = (path: string): string => readFileSync(`${folder}${path}`, "utf8");
const compose = parse(read("compose.yaml"), { merge: true });
const services: Readonly<Record<string, Service>> = compose.services;
const all = Object.entries(services).map(([name, service]) => ({ name, service }));
const nodes = all.filter(({ name }) => name === "gateway" || name === "shard");
/** What stands behind `${NAME:-value}`. */
const byDefault = (text: unknown): string => String(text).replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1");

it("is what compose itself reads, where Go can build its reader", (context) => {
  const reader = composeReaderHere();
  if ("why" in reader) return context.skip(reader.why);
  const [command = ""] = reader.command;
  const { status, stderr } = run(command, [`${folder}compose.yaml`]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
}, 300_000);

describe("the compose file", () => {
  it("is a Redis, two gateways behind one port, three shard nodes, Prometheus and Grafana", () => {
    expect(Object.keys(services).sort()).toEqual([
      "gateway",
      "grafana",
      "prometheus",
      "proxy",
      "redis",
      "shard",
    ]);
    expect(services["gateway"]?.deploy?.replicas).toBe(2);
    expect(services["shard"]?.deploy?.replicas).toBe(3);
  });

  it.each(all)("pins the image of $name, and lets another one be named", ({ service }) => {
    expect(service.image).toMatch(/^\$\{[A-Z]+_IMAGE:-[^}]+\}$/);
    expect(byDefault(service.image)).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/);
  });

  it.each(all)("asks $name for its health every 1 to 2 s", ({ service }) => {
    expect(["1s", "2s"]).toContain(service.healthcheck.interval);
    expect(service.healthcheck.test[0]).toBe("CMD");
  });

  it("lets nobody start before what it needs is healthy", () => {
    const waits = all.flatMap(({ service }) => Object.values(service.depends_on ?? {}));
    expect(waits.length).toBeGreaterThan(3);
    for (const { condition } of waits) expect(condition).toBe("service_healthy");
  });

  it("opens ports for this machine alone", () => {
    const ports = all.flatMap(({ service }) => (service.ports ?? []).map(byDefault));
    expect(ports.sort()).toEqual([
      "127.0.0.1:3000:3000",
      "127.0.0.1:42015:42015",
      "127.0.0.1:8080:8080",
      "127.0.0.1:9090:9090",
    ]);
  });

  it("has Redis and nodes alone on a network without a way in or out, since Redis has no password", () => {
    const on = (network: string): readonly string[] => {
      const isOn = ({ service }: (typeof all)[number]): boolean => {
        return (service.networks ?? ["default"]).includes(network);
      };
      return all.filter(isOn).map(({ name }) => name);
    };
    expect(services["redis"]?.command).toContain("--protected-mode no");
    expect(on("bus").toSorted()).toEqual(["gateway", "redis", "shard"]);
    expect(compose.networks.bus).toEqual({ internal: true });
    // An internal network publishes no port, and who asks nodes has to find them.
    expect(services["redis"]?.networks).toEqual(["bus"]);
    expect(on("default").toSorted()).toEqual([
      "gateway",
      "grafana",
      "prometheus",
      "proxy",
      "shard",
    ]);
    expect(compose.networks.default).toEqual({});
  });

  it("mounts files that are there, and volumes that are declared", () => {
    for (const mount of all.flatMap(({ service }) => service.volumes ?? [])) {
      const [from = "", , mode] = mount.split(":");
      if (!from.startsWith(".")) expect(compose.volumes).toHaveProperty(from);
      else {
        expect(existsSync(`${folder}${from}`), from).toBe(true);
        expect(mode).toBe("ro");
      }
    }
  });
});

describe.each(nodes)("a $name", ({ service }) => {
  it("is given settings that exist, with values that are accepted", () => {
    const given = Object.entries(service.environment ?? {}).map(([name, value]) => {
      return [name, byDefault(value)];
    });
    for (const [name = ""] of given) expect(knownSettings().has(name), name).toBe(true);
    expect(problemsOf(Object.fromEntries(given))).toBe("");
  });

  it("has time to end itself, writes nothing and may nothing", () => {
    const grace = Number(service.stop_grace_period?.replace("s", ""));
    expect(grace).toBeGreaterThan(stopSecondsMax());
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
    });
  });

  it("is healthy when it can serve", () => {
    expect(service.healthcheck.test).toEqual(["CMD", "bash", "/app/healthy.sh", "/readyz"]);
  });
});

describe("what it mounts", () => {
  it("is a proxy that asks gateways whether they are ready, and lets WebSockets last", () => {
    const proxy = read("haproxy/haproxy.cfg");
    expect(proxy).toMatch(/http-check send meth GET uri \/readyz/);
    expect(proxy).toMatch(/check port 9090 inter 1s/);
    for (const port of [8080, 42_015]) expect(proxy).toContain(`gateway:${port}`);
    // Its silence is longer than the longest that a gateway lets a peer be silent (SILENCE_SECONDS).
    expect(Number(/timeout tunnel\s+(\d+)s/.exec(proxy)?.[1])).toBeGreaterThan(240);
  });

  it("is a Prometheus that finds every node by its role", () => {
    const { scrape_configs: jobs } = parse(read("prometheus/prometheus.yml"));
    expect(jobs[0].dns_sd_configs[0]).toMatchObject({ names: ["gateway", "shard"], port: 9090 });
  });

  it("is a Grafana that knows this Prometheus and the folder of dashboards", () => {
    const sources = parse(read("grafana/provisioning/datasources/prometheus.yaml"));
    expect(sources.datasources[0]).toMatchObject({
      uid: "prometheus",
      url: "http://prometheus:9090",
    });
    const boards = parse(read("grafana/provisioning/dashboards/roundhouse.yaml"));
    const mounted = services["grafana"]?.volumes?.map((mount) => mount.split(":")[1]);
    expect(mounted).toContain(boards.providers[0].options.path);
  });
});
