/** HTTP on the players' port: the page, /topology, and what is answered to anything else. */
import { describe, expect, it } from "vitest";
import { type Client, connect } from "../client.ts";
import { house, isKnown } from "../house.ts";

const inn = house();
const SHARDS = house({ SHARDS: 5, PUBLIC_ADDRESS: "wss://play.example.org/rh" });

const url = (path: string): string => `http://${inn.server.address}${path}`;

/** A request line as it is, which fetch would correct; the status, the head and the body. */
async function spoken(line: string, ...headers: readonly string[]) {
  const raw = await inn.knock();
  raw.write([line, "Host: 127.0.0.1", "Connection: close", ...headers, "\r\n"].join("\r\n"));
  const answer = await raw.answer();
  await raw.until(() => (raw.isEnded || raw.text.endsWith("}") ? true : undefined), "the body");
  return { ...answer, body: raw.text };
}

describe("GET /topology", () => {
  it("says k and the address of every shard, as the asker reached the server", async () => {
    const response = await fetch(url("/topology"));
    expect(response.headers.get("content-type")).toContain("application/json");
    const topology = (await response.json()) as { k: number; shards: readonly string[] };
    expect(topology.k).toBe(64);
    expect(topology.shards).toEqual(Array(64).fill(`ws://${inn.server.address}`));
  });

  it("says PUBLIC_ADDRESS and SHARDS where they are set", async () => {
    const response = await fetch(`http://${SHARDS.server.address}/topology`);
    expect(await response.json()).toEqual({
      k: 5,
      shards: Array(5).fill("wss://play.example.org/rh"),
    });
  });

  // The vectors of the page: a client that does the formula itself finds its server.
  it.each([
    { id: "1:12345", crc: 995_006_546 },
    { id: "1:789", crc: -1_404_323_576 },
    { id: "game:User2", crc: -1_097_655_155 },
    { id: "CStrike", crc: 1_395_012_559 },
    { id: "TurntableGame", crc: 844_114_930 },
  ])("leads a client that computes the shard of $id itself", async ({ id, crc }) => {
    const topology = (await (await fetch(url("/topology"))).json()) as {
      k: number;
      shards: readonly string[];
    };
    const shard = Math.abs(crc) % topology.k;
    const address = topology.shards[shard] ?? "";
    const client: Client = await connect(address.replace("ws://", ""));
    client.say("idme", id);
    await isKnown(client, id);
    const seen = (await inn.server.ask(`/who?user=${encodeURIComponent(id)}`)) as { shard: number };
    expect(seen.shard).toBe(shard);
    client.drop();
  });

  it("takes a Host that is no host for what it is: text in JSON", async () => {
    const { status, body } = await spoken("GET /topology HTTP/1.1", 'X: "');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ k: 64 });
    const raw = await inn.knock();
    raw.write('GET /topology HTTP/1.1\r\nHost: "}],<script>\r\n\r\n');
    await raw.answer();
    await raw.until(() => (raw.text.endsWith("}") ? true : undefined), "a body");
    expect(JSON.parse(raw.text)).toMatchObject({ k: 64 });
  });
});

describe("the page", () => {
  it("is at / with a policy that allows its own scripts alone, and an etag that saves a second load", async () => {
    const response = await fetch(url("/"));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const etag = response.headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(await response.text()).toContain("<!doctype html>");

    const again = await fetch(url("/"), { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
    expect(again.headers.get("etag")).toBe(etag);
    expect(await again.text()).toBe("");
    const other = await fetch(url("/"), { headers: { "if-none-match": '"other"' } });
    expect(other.status).toBe(200);
    expect(await other.text()).toContain("<!doctype html>");
  });

  it("comes packed to who can unpack it, and plain to others", async () => {
    const plain = await fetch(url("/"), { headers: { "accept-encoding": "identity" } });
    const packed = await fetch(url("/"), { headers: { "accept-encoding": "br, gzip" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(packed.headers.get("vary")).toBe("accept-encoding");
    expect(await packed.text()).toBe(await plain.text());
  });

  it("serves everything that it names, each in its type", async () => {
    const html = await (await fetch(url("/"))).text();
    const named = [...html.matchAll(/(?:src|href)="([^"#:]+)"/g)].map(([, path]) => path ?? "");
    expect(named.length).toBeGreaterThan(1);
    for (const path of named) {
      const response = await fetch(new URL(path, url("/")));
      expect(response.status, path).toBe(200);
      const kind = path.endsWith(".js") ? "javascript" : path.endsWith(".css") ? "css" : "";
      expect(response.headers.get("content-type"), path).toContain(kind);
    }
  });

  it("answers HEAD as GET, without a body", async () => {
    for (const path of ["/", "/topology"]) {
      const [get, head] = [await fetch(url(path)), await fetch(url(path), { method: "HEAD" })];
      expect(head.status).toBe(200);
      expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
      expect(head.headers.get("etag")).toBe(get.headers.get("etag"));
      expect(await head.text()).toBe("");
      expect(head.headers.get("content-length")).toBe(get.headers.get("content-length"));
    }
    expect((await fetch(url("/nothing"), { method: "HEAD" })).status).toBe(404);
  });
});

describe("anything else", () => {
  it("that is not there is 404, in JSON", async () => {
    const response = await fetch(url("/nothing/here"));
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(await response.json()).toMatchObject({ code: "not_found", retry: "never" });
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])(
    "by %s is 405, in JSON",
    async (method) => {
      for (const path of ["/", "/topology", "/nothing"]) {
        const body = method === "OPTIONS" ? {} : { body: "x".repeat(100_000) };
        const response = await fetch(url(path), { method, ...body });
        expect(response.status).toBe(405);
        expect(response.headers.get("allow")).toBe("GET, HEAD");
        expect(await response.json()).toMatchObject({ code: "method_refused" });
      }
    },
  );

  it.each([
    "/../package.json",
    "/../../package.json",
    "/%2e%2e/package.json",
    "/..%2fpackage.json",
    "/%2e%2e%2f%2e%2e%2fetc/passwd",
    "//etc/passwd",
    "/..\\..\\package.json",
    "/index.html/../../index.js",
    "/index.html%00.js",
    "/./index.html",
    "/__proto__",
    "/constructor",
    "/etc/passwd",
    "/?../../etc/passwd/../nothing".replace("?", ""),
  ])("outside the folder of the page is 404: %s", async (path) => {
    const { status, body } = await spoken(`GET ${path} HTTP/1.1`);
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ code: "not_found" });
  });

  it.each([
    {
      what: "a header of a megabyte",
      bytes: `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(1 << 20)}\r\n\r\n`,
    },
    {
      what: "a thousand headers",
      bytes: `GET / HTTP/1.1\r\nHost: x\r\n${"A: b\r\n".repeat(1000)}\r\n`,
    },
  ])("that makes no sense is refused and the connection ends: $what", async ({ bytes }) => {
    const raw = await inn.knock();
    raw.write(bytes);
    await raw.until(() => (raw.isEnded ? true : undefined), "the end");
    expect(raw.text).toMatch(/^$|^HTTP\/1.1 (4|5)\d\d /);
    expect((await fetch(url("/topology"))).status).toBe(200);
  });
});
