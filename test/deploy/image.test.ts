/**
 * The image: built, looked into, and started in its three roles as an orchestrator does. Where podman can
 * neither be found nor installed this says so and counts as skipped; `dockerfile.test.ts` is what is left then.
 */
import { once } from "node:events";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { certificateOne, freePort, startRedis } from "@roundhouse/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildImage, MEGABYTES_MAX } from "../../scripts/image-build.mjs";
import { megabytesOf } from "../../scripts/image-tools.mjs";
import { type Client, connect } from "../integration/client.ts";
import { isKnown, join as joinRoom } from "../integration/house.ts";
import { Container, type ContainerOptions, podman } from "./container.ts";
import { podmanHere } from "./tools.ts";

const found = podmanHere();
const isHere = "engine" in found;

/** Another one may be named, so that a change of the tests alone does not build it again. */
const given = process.env["ROUNDHOUSE_IMAGE"];
const image = given ?? "localhost/roundhouse:test";
const USER = 10_001;
const BUILD_MS = 900_000;
const START_MS = 60_000;
/** What a node gives itself at most to stop (STOP_MS in lifetime.ts). */
const STOP_MS_MAX = 25_000;

describe.runIf(isHere)("the image", () => {
  const containers: Container[] = [];
  const clients: Client[] = [];
  const started = (options: Omit<ContainerOptions, "image">): Container => {
    const container = new Container({ image, ...options });
    containers.push(container);
    return container;
  };
  const enter = async (address: string, user: string): Promise<Client> => {
    const client = await connect(address);
    clients.push(client);
    client.say("idme", user);
    await isKnown(client, user);
    return client;
  };

  beforeAll(() => {
    if (given === undefined) buildImage({ engine: "podman", tag: image, base: "local" });
  }, BUILD_MS);
  afterEach(() => {
    for (const client of clients.splice(0)) client.drop();
    for (const container of containers.splice(0)) container.drop();
  }, START_MS);

  const inspected = (format: string): unknown => {
    return JSON.parse(podman("inspect", "--format", format, image));
  };
  const listed = (command: string): readonly string[] => {
    const shell = ["--rm", "--network=none", "--entrypoint", "sh"];
    return podman("run", ...shell, image, "-c", command)
      .split("\n")
      .filter(Boolean);
  };

  it(`is smaller than ${MEGABYTES_MAX} MB`, () => {
    const megabytes = megabytesOf("podman", image);
    process.stdout.write(`The image has ${megabytes.toFixed(0)} MB.\n`);
    expect(megabytes).toBeGreaterThan(100);
    expect(megabytes).toBeLessThan(MEGABYTES_MAX);
  });

  it("runs as a user with a number, knows its health, and takes nothing over from its base", () => {
    expect(inspected("{{json .Config}}")).toMatchObject({
      User: "10001:10001",
      Entrypoint: ["roundhouse"],
      Cmd: ["start"],
      StopSignal: "SIGTERM",
    });
    const health = { Test: ["CMD", "bash", "/app/healthy.sh", "/healthz"] };
    expect(inspected("{{json .HealthCheck}}")).toMatchObject(health);
    const env = inspected("{{json .Config.Env}}") as readonly string[];
    expect(env.map((variable) => variable.split("=")[0]).sort()).toEqual([
      "DATA_DIR",
      "NODE_ENV",
      "PATH",
    ]);
  });

  it("holds one build of each native part, what production needs, and nothing that makes root", () => {
    const natives = listed("find /app -name '*.node'").map((path) => path.split("/").pop());
    expect(natives.filter((name) => name?.startsWith("uws_"))).toEqual([
      `uws_linux_${process.arch}_137.node`,
    ]);
    expect(natives.filter((name) => /musl|darwin|win32/.test(name ?? ""))).toEqual([]);
    const packages = listed("ls /app/node_modules /app/node_modules/@roundhouse /app/packages");
    expect(packages).toContain("ioredis");
    for (const name of ["typescript", "vitest", "turbo", "testkit", "simulation", "npm"]) {
      expect(packages).not.toContain(name);
    }
    expect(listed("find / -xdev -type f -perm /6000 2>/dev/null || true")).toEqual([]);
    expect(listed("find /app -name '*.ts' -o -name '*.env' -o -name .git")).toEqual([]);
    expect(listed("find /app ! -user 0")).toEqual([]);
    expect(listed("command -v npm npx corepack || true")).toEqual([]);
  });

  it.each([
    { what: "an unknown role", words: ["juggle"], code: 2, says: /juggle/ },
    { what: "a shard node without Redis", words: ["shard"], code: 1, says: /REDIS_URL/ },
    { what: "a wrong setting", words: ["start", "--shards", "0"], code: 1, says: /--shards/ },
  ])(
    "refuses $what in a sentence, with exit code $code",
    async ({ words, code, says }) => {
      const container = started({ words });
      expect(await container.ended(START_MS)).toBe(code);
      expect(container.out).toMatch(says);
    },
    START_MS,
  );

  describe("with the role start", () => {
    const volume = mkdtempSync(join(tmpdir(), "roundhouse-volume-"));
    const secret = mkdtempSync(join(tmpdir(), "roundhouse-tls-"));
    beforeAll(() => {
      chownSync(volume, USER, USER);
      // As Kubernetes mounts a Secret: root's, and readable for the pod's group.
      writeFileSync(join(secret, "tls.crt"), certificateOne.cert, { mode: 0o440 });
      writeFileSync(join(secret, "tls.key"), certificateOne.key, { mode: 0o440 });
      for (const path of ["tls.crt", "tls.key", "."]) chownSync(join(secret, path), 0, USER);
      chmodSync(secret, 0o750);
    });
    afterAll(() => {
      for (const path of [volume, secret]) rmSync(path, { recursive: true, force: true });
    });

    it(
      "serves players, is healthy, ends at SIGTERM with 0, and its volume outlives it",
      async () => {
        for (const isFirst of [true, false]) {
          const ports = await portsOf();
          const container = started({
            words: ["start"],
            settings: { ...ports, TLS_CERT_FILE: "/tls/tls.crt", TLS_KEY_FILE: "/tls/tls.key" },
            options: ["--volume", `${volume}:/data`, "--volume", `${secret}:/tls:ro`],
          });
          await container.answers(ports.ADMIN_PORT, "/readyz");
          const page = await fetch(`http://127.0.0.1:${ports.HTTP_PORT}/`);
          expect(await page.text()).toContain("<html");
          podman("healthcheck", "run", container.name);
          expect(() => container.run("bash", "/app/healthy.sh", "/nowhere")).toThrow();
          await listens(connectTcp(ports.SCRP_PORT, "127.0.0.1"), "connect");
          const port = ports.SCRP_TLS_PORT;
          const ca = certificateOne.cert;
          await listens(
            connectTls({ host: "127.0.0.1", port, ca, checkServerIdentity: () => undefined }),
            "secureConnect",
          );
          // What was registered in the first life is known in the second.
          const token = ["roundhouse", "token", "ana", ...(isFirst ? ["--protect"] : []), "--json"];
          expect(JSON.parse(container.run(...token))).toMatchObject({ user: "ana" });
          const who = container.run("roundhouse", "who", "ana", "--json");
          expect(JSON.parse(who)).toMatchObject({ protected: true });
          await enter(`127.0.0.1:${ports.HTTP_PORT}`, "ben");
          await expectGoodEnd(container);
        }
      },
      START_MS,
    );
  });

  describe("as a cluster", () => {
    it(
      "plays a room from one gateway to the other, and each node ends at SIGTERM with 0",
      async () => {
        const redis = await startRedis({ aof: true });
        try {
          const REDIS_URL = `redis://127.0.0.1:${redis.port}`;
          const nodes = [];
          for (const role of ["shard", "gateway", "gateway"]) {
            const ports = await portsOf();
            const settings = { ...ports, REDIS_URL, NODE_NAME: `${role}-${ports.ADMIN_PORT}` };
            nodes.push({ role, ports, container: started({ words: [role], settings }) });
          }
          for (const { container, ports } of nodes) {
            await container.answers(ports.ADMIN_PORT, "/readyz");
            container.run("bash", "/app/healthy.sh", "/readyz");
          }
          const [shard, one, other] = nodes;
          if (shard === undefined || one === undefined || other === undefined) throw new Error();
          const ana = await enter(`127.0.0.1:${one.ports.HTTP_PORT}`, "ana");
          const ben = await enter(`127.0.0.1:${other.ports.HTTP_PORT}`, "ben");
          await joinRoom(ana, "depot");
          await joinRoom(ben, "depot");
          ana.act("depot", { data: { on: "track 3" } });
          await ben.until(
            () => ben.actionsIn("depot").find(({ data }) => isTrack(data)),
            "what ana did",
          );
          const seen = JSON.parse(shard.container.run("roundhouse", "nodes", "--json"));
          expect(seen.nodes).toHaveLength(3);
          for (const { container } of [one, other, shard]) await expectGoodEnd(container);
          expect((await ana.end()).code).toBe(1012);
        } finally {
          await redis.stop();
        }
      },
      2 * START_MS,
    );
  });

  /** Within the node's own bound, by itself, and without an error in its log. */
  async function expectGoodEnd(container: Container): Promise<void> {
    const since = performance.now();
    container.signal("TERM");
    expect(await container.ended(START_MS), container.out).toBe(0);
    expect(performance.now() - since).toBeLessThan(STOP_MS_MAX);
    expect(container.out).not.toMatch(/"level":"(error|fatal)"/);
  }
});

it("is built and started where podman runs", (context) => {
  if (!isHere) context.skip(found.why);
  expect(podman("--version")).toMatch(/^podman version/);
});

const isTrack = (data: unknown): boolean => JSON.stringify(data) === '{"on":"track 3"}';

/** Resolves once somebody accepts on the other side; with TLS, once the certificate is proved, too. */
async function listens(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  await once(socket, event);
  socket.destroy();
}

async function portsOf() {
  const HTTP_PORT = await freePort();
  const ADMIN_PORT = await freePort();
  const SCRP_PORT = await freePort();
  const SCRP_TLS_PORT = await freePort();
  return { HTTP_PORT, ADMIN_PORT, SCRP_PORT, SCRP_TLS_PORT, HOST: "127.0.0.1" };
}
