/** The command as a person meets it: a process of its own, its exit code and what it prints. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { certificateOne, certificateOther, type TestCertificate } from "@roundhouse/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const bin = fileURLToPath(new URL("../bin/roundhouse.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "roundhouse-main-"));
const anywhere = {
  HTTP_PORT: "0",
  ADMIN_PORT: "0",
  SCRP_PORT: "0",
  SCRP_TLS_PORT: "0",
  HOST: "127.0.0.1",
  DATA_DIR: join(folder, "data"),
};
const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) child.kill("SIGKILL"); // Only those that a failed test left behind.
  await Promise.all([...running].map((child) => once(child, "close")));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Typed = {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  readonly ended: Promise<number | null>;
  /** Resolves once it has said the words, on standard output or in its log. */
  shows(words: string): Promise<void>;
};

function type(words: string, environment: Record<string, string> = {}, input = ""): Typed {
  const args = [bin, ...words.split(" ").filter((word) => word !== "")];
  const child = spawn(process.execPath, args, {
    env: environment,
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin?.end(input);
  running.add(child);
  const said = { out: "", err: "" };
  child.stdout?.setEncoding("utf8").on("data", (part: string) => (said.out += part));
  child.stderr?.setEncoding("utf8").on("data", (part: string) => (said.err += part));
  const ended = once(child, "close").then(([code]: readonly unknown[]) => {
    running.delete(child);
    return typeof code === "number" ? code : null;
  });
  const shows = (words: string) => {
    return new Promise<void>((resolve, reject) => {
      const look = () => (said.out + said.err).includes(words) && resolve();
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", look);
      child.once("close", () => reject(new Error(`It ended: ${said.out}${said.err}`)));
      look();
    });
  };
  return { child, out: () => said.out, err: () => said.err, ended, shows };
}

const adminPort = (out: string): string => /localhost:(\d+)\/metrics/.exec(out)?.[1] ?? "";

beforeAll(() => {
  // These tests run what was built: npm test builds it first.
  expect(readFileSync(new URL("../dist/main.js", import.meta.url), "utf8")).not.toBe("");
});

describe("roundhouse", () => {
  it.each([
    { words: "--help", exit: 0, out: "Usage: roundhouse <command>", err: "" },
    { words: "help token", exit: 0, out: "roundhouse token <user>", err: "" },
    { words: "--version", exit: 0, out: "0.", err: "" },
    { words: "start --help", exit: 0, out: "roundhouse start", err: "" },
    { words: "gateway --help", exit: 0, out: "roundhouse gateway", err: "" },
    { words: "shard --help", exit: 0, out: "REDIS_URL", err: "" },
    { words: "user --help", exit: 0, out: "--password-stdin", err: "" },
    { words: "nodes --help", exit: 0, out: "--admin-port", err: "" },
    { words: "drain --help", exit: 0, out: "--undo", err: "" },
    { words: "gateway --zap", exit: 2, out: "", err: "--zap is not a setting." },
    { words: "config -h", exit: 0, out: "roundhouse config", err: "" },
    { words: "topology --help", exit: 0, out: "--admin-port", err: "" },
    { words: "rooms --help", exit: 0, out: "--limit", err: "" },
    { words: "who --help", exit: 0, out: "roundhouse who <user>", err: "" },
    { words: "token ben --help", exit: 0, out: "--protect", err: "" },
    { words: "", exit: 2, out: "", err: "Usage: roundhouse <command>" },
    { words: "strat", exit: 2, out: "", err: '"strat" is not a command.' },
    { words: "start --http-prt 1", exit: 2, out: "", err: "Did you mean --http-port?" },
    { words: "rooms --zap", exit: 2, out: "", err: "Unknown option '--zap'" },
    { words: "config --zap", exit: 2, out: "HTTP_PORT", err: "--zap is not a setting." },
    { words: "config --http-port x", exit: 1, out: "HTTP_PORT", err: "must be a whole number" },
  ])("$words: exit $exit", async ({ words, exit, out, err }) => {
    const typed = type(words);
    expect(await typed.ended).toBe(exit);
    expect(typed.out()).toContain(out);
    expect(typed.err()).toContain(err);
  });

  it("config prints every setting with the value in force and where it came from", async () => {
    const typed = type("config --shards 8", { HTTP_PORT: "81", JWT_SECRET: "s".repeat(40) });
    expect(await typed.ended).toBe(0);
    expect(typed.out()).toContain("HTTP_PORT = 81   (by the environment; default: 8080)");
    expect(typed.out()).toContain("SHARDS = 8   (by a flag; default: 64)");
    expect(typed.out()).not.toContain("ssss");
    expect(typed.out().match(/^[A-Z_]+ = /gm)?.length).toBeGreaterThan(40);
  });

  it("config survives a reader that has seen enough", async () => {
    const typed = type("config");
    typed.child.stdout?.destroy();
    expect(await typed.ended).toBe(0);
    expect(typed.err()).toBe("");
  });
});

describe("roundhouse start", () => {
  it("refuses wrong settings, all at once, before it touches anything", async () => {
    const typed = type("start", { HTTP_PORT: "x", SHARDS: "0", AUTH: "token", LOG_LEVEL: "loud" });
    expect(await typed.ended).toBe(1);
    expect(typed.err()).toContain("4 settings are wrong");
    expect(typed.err().match(/^ {2}- /gm)).toHaveLength(4);
    expect(typed.out()).toBe("");
  });

  it.each(["HTTP_PORT", "ADMIN_PORT", "SCRP_PORT"])(
    "names the port in use and its setting: %s",
    async (name) => {
      const other = createServer().listen(0, "127.0.0.1");
      await once(other, "listening");
      const address = other.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const typed = type("start", { ...anywhere, [name]: String(port) });
      expect(await typed.ended).toBe(1);
      expect(typed.err()).toContain(`Port ${port} is in use by another program`);
      expect(typed.err()).toContain(`${name}=${port}`);
      other.close();
    },
  );

  it.each(["SIGINT", "SIGTERM"] as const)("ends cleanly on %s", async (signal) => {
    const typed = type("start", { ...anywhere, LOG_LEVEL: "silent" });
    await typed.shows("Ctrl-C stops it.");
    typed.child.kill(signal);
    expect(await typed.ended).toBe(0);
    expect(typed.err()).toBe("");
  });

  it("takes one Ctrl-C that arrives twice, as under npm, for one", async () => {
    const typed = type("start", anywhere);
    await typed.shows("Ctrl-C stops it.");
    typed.child.kill("SIGINT");
    typed.child.kill("SIGINT");
    expect(await typed.ended).toBe(0);
    expect(typed.err()).toContain('"event":"stopped"');
  });

  it("answers the commands, and keeps a registered name over a restart", async () => {
    const first = type("start", anywhere);
    await first.shows("Ctrl-C stops it.");
    const there = { ADMIN_PORT: adminPort(first.out()) };
    const token = type("token ben --protect", there);
    expect(await token.ended).toBe(0);
    expect(token.out()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const shards = type("topology", there);
    expect(await shards.ended).toBe(0);
    const page = /http:\/\/(localhost:\d+)\/\n/.exec(first.out())?.[1] ?? "none";
    expect(shards.out()).toContain(page.split(":")[1]);
    expect(await type("rooms", there).ended).toBe(0);
    const nodes = type("nodes", { ...there, NODE_NAME: "" });
    expect(await nodes.ended).toBe(0);
    expect(nodes.out()).toMatch(/embedded +64/);
    const drain = type("drain nobody", there);
    expect(await drain.ended).toBe(1);
    expect(drain.err()).toContain("No node of this name");
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);

    const second = type("start", anywhere);
    await second.shows("Ctrl-C stops it.");
    const who = type("who ben", { ADMIN_PORT: adminPort(second.out()) });
    expect(await who.ended).toBe(0);
    expect(who.out()).toContain("registered: it needs a token");
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
  });
});

describe("SCRP", () => {
  const files = {
    TLS_CERT_FILE: join(folder, "tls.crt"),
    TLS_KEY_FILE: join(folder, "tls.key"),
  };
  const put = ({ cert, key }: TestCertificate): void => {
    writeFileSync(files.TLS_CERT_FILE, cert);
    writeFileSync(files.TLS_KEY_FILE, key);
  };
  const logIn = '{"req_id":1,"method":"LOG_IN","user_id":"ana","user_password":"secret 1"}\n';

  /** The first answer to these words. */
  async function answer(socket: Socket, words: string): Promise<unknown> {
    socket.setEncoding("utf8").write(words);
    let said = "";
    while (!said.includes("\n")) said += String((await once(socket, "data"))[0]);
    return JSON.parse(said.split("\n")[0] ?? "");
  }

  async function secured(port: number): Promise<readonly [TLSSocket, string | undefined]> {
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    return [socket, String(socket.getPeerCertificate().subject.CN)];
  }

  it("has its ports, and with TLS a certificate that may change while it runs", async () => {
    put(certificateOne);
    const node = type("start", { ...anywhere, ...files });
    await node.shows("Ctrl-C stops it.");
    const ports = /SCRP +localhost:(\d+), with TLS localhost:(\d+)\n/.exec(node.out());
    const [, plain = 0, tls = 0] = (ports ?? []).map(Number);
    const there = { ADMIN_PORT: adminPort(node.out()) };
    const add = type("user add ana --password-stdin", there, "secret 1\n");
    expect(await add.ended).toBe(0);
    expect(add.out()).toContain("ana has an account now");

    const socket = connect(plain, "127.0.0.1");
    expect(await answer(socket, logIn)).toMatchObject({ resp_id: 1, err: 900 });
    const [first, before] = await secured(tls);
    put(certificateOther);
    await node.shows("certificate_renewed");
    const [second, after] = await secured(tls);
    expect([before, after]).toEqual(["one.example", "other.example"]);
    expect(await answer(first, logIn)).toMatchObject({ resp_id: 1, err: 900 }); // It stayed.
    const gone = Promise.all([socket, first, second].map((it) => once(it, "close")));

    node.child.kill("SIGTERM");
    expect(await node.ended).toBe(0);
    await gone;
  });

  it("with a certificate of no use does not start, and all of it is said", async () => {
    put({ cert: certificateOne.cert, key: certificateOther.key });
    const node = type("start", { ...anywhere, ...files, SHARDS: "0" });
    expect(await node.ended).toBe(1);
    expect(node.err()).toContain("2 settings are wrong");
    expect(node.err()).toContain("is not the key of the certificate");
  });
});
