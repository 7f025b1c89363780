/** The life of a server with clients in it: its end, its next start, and starts that must fail. */
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Client, connect } from "../client.ts";
import { isKnown, join } from "../house.ts";
import {
  newFolder,
  Run,
  removeFolders,
  type Server,
  type Settings,
  startServer,
} from "../server.ts";

const servers: Server[] = [];
const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.drop();
  for (const server of servers.splice(0)) await server.stop("SIGKILL");
  removeFolders();
});

async function start(settings: Settings = {}): Promise<Server> {
  const server = await startServer(settings);
  servers.push(server);
  return server;
}

async function enter(server: Server, user: string): Promise<Client> {
  const client = await connect(server.address);
  clients.push(client);
  client.say("idme", user);
  await isKnown(client, user);
  return client;
}

/** A start that is expected to fail: how it ended, and what it said about it. */
async function refused(settings: Settings): Promise<{ readonly code: number | null; err: string }> {
  const run = new Run(["start"], {
    HOST: "127.0.0.1",
    HTTP_PORT: 0,
    SCRP_PORT: 0,
    ADMIN_PORT: 0,
    DATA_DIR: newFolder(),
    ...settings,
  });
  try {
    const { code } = await run.ended();
    expect(run.out).toBe("");
    return { code, err: run.err };
  } finally {
    run.signal("SIGKILL"); // It may have started after all.
  }
}

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  it("tells every client to come back, with 1012, and exits 0 at once", async () => {
    const server = await start();
    const crowd = await Promise.all(Array.from({ length: 50 }, (_, n) => enter(server, `u${n}`)));
    await Promise.all(crowd.map((client) => join(client, "den")));
    const stranger = await connect(server.address);
    const asleep = crowd[0] as Client;
    asleep.pause(); // Nobody is waited for.
    const begun = performance.now();
    expect(await server.stop(signal)).toEqual({ code: 0, signal: null });
    expect(performance.now() - begun).toBeLessThan(5_000); // "Quickly": a bound against hanging.
    asleep.resume();
    for (const client of [...crowd, stranger]) {
      expect(await client.end()).toEqual({ code: 1012, reason: "going_away" });
    }
    expect(server.run.err).toContain(`"event":"stopped","reason":"${signal}"`);
    await expect(connect(server.address)).rejects.toThrow("ECONNREFUSED");
  });
});

describe("a second start on the same data", () => {
  it("works after any end, and what was answered before a kill -9 is still true", async () => {
    const DATA_DIR = newFolder();
    const first = await start({ DATA_DIR });
    const made = await first.tell("token", "ana", "--protect");
    expect(made.exit?.code, made.err).toBe(0);
    await first.stop("SIGKILL"); // Right behind the answer.

    const second = await start({ DATA_DIR });
    const thief = await connect(second.address);
    thief.say("idme", "ana");
    expect(await thief.end()).toEqual({ code: 4401, reason: "token_missing" });
    const ana = await connect(second.address);
    clients.push(ana);
    ana.say("idme", { id: "ana", token: made.out.trim() }); // The key outlived the crash as well.
    await isKnown(ana, "ana");
    expect((await second.tell("token", "ana", "--release")).exit?.code).toBe(0);
    await second.stop("SIGKILL");

    const third = await start({ DATA_DIR });
    await enter(third, "ana");
    expect(await third.stop()).toEqual({ code: 0, signal: null });
  });

  it("is refused with another number of shards; the message says both", async () => {
    const DATA_DIR = newFolder();
    await (await start({ DATA_DIR, SHARDS: 7 })).stop();
    const { code, err } = await refused({ DATA_DIR, SHARDS: 8 });
    expect(code).toBe(1);
    expect(err).toContain("SHARDS=8");
    expect(err).toContain("7 shards");
    expect((await refused({ DATA_DIR })).err).toContain("SHARDS=64"); // The default is another, too.
    await start({ DATA_DIR, SHARDS: 7 });
  });
});

describe("a start that cannot succeed", () => {
  it.each(["HTTP_PORT", "SCRP_PORT", "ADMIN_PORT"])(
    "says which port is in use: %s",
    async (name) => {
      const taken = createServer();
      const port = await new Promise<number>((resolve) => {
        taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port));
      });
      const { code, err } = await refused({ [name]: port });
      taken.close();
      expect(code).toBe(1);
      expect(err).toContain(`${name}=${port}`);
    },
  );

  it("is refused when a second server would share the port in silence", async () => {
    const server = await start();
    const { code, err } = await refused({ HTTP_PORT: server.httpPort });
    expect(code).toBe(1);
    expect(err).toContain(String(server.httpPort));
    await enter(server, "ana"); // The first goes on.
  });

  it("names every wrong setting at once, before it touches the data", async () => {
    const { code, err } = await refused({
      SHARDS: 0,
      AUTH: "maybe",
      CONNECTIONS_MAX: "many",
      ALLOWED_ORIGINS: "play.example.org",
      JWT_SECRET: "short-planted-secret",
      BACKLOG_SOFT_BYTES: 300_000,
    });
    expect(code).toBe(1);
    for (const name of ["SHARDS", "AUTH", "CONNECTIONS_MAX", "ALLOWED_ORIGINS", "JWT_SECRET"]) {
      expect(err).toContain(name);
    }
    expect(err).toContain("BACKLOG_SOFT_BYTES");
    expect(err).not.toContain("short-planted-secret");
  });

  it("says which folder cannot be used", async () => {
    // A file where the folder should be stops root as well.
    const folder = newFolder();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(`${folder}/file`, "");
    const { code, err } = await refused({ DATA_DIR: `${folder}/file/data` });
    expect(code).toBe(1);
    expect(err).toContain(`DATA_DIR=${folder}/file/data`);
  });
});
