/** Who may connect at all, and how many: answered over HTTP, before the upgrade. */
import { describe, expect, it } from "vitest";
import { polled } from "../condition.ts";
import { type House, house } from "../house.ts";

/** The status and the code that an upgrade is answered with. */
async function refusal(inn: House, headers: readonly string[] = [], from?: string) {
  const raw = await inn.knock(from);
  const status = await raw.upgrade(headers);
  if (status === 101) return { status, code: undefined, raw };
  const body = await raw.until(() => {
    return raw.text.endsWith("}") ? (JSON.parse(raw.text) as { code: string }) : undefined;
  }, "a body");
  return { status, code: body.code, raw };
}

describe("ALLOWED_ORIGINS", () => {
  const inn = house({ ALLOWED_ORIGINS: "https://play.example.org,http://localhost:3000" });

  it.each([
    { origin: "https://play.example.org", status: 101 },
    { origin: "http://localhost:3000", status: 101 },
    { origin: undefined, status: 101 }, // No browser.
    { origin: "https://evil.example.org", status: 403 },
    { origin: "https://play.example.org.evil.com", status: 403 },
    { origin: "http://play.example.org", status: 403 },
    { origin: "https://play.example.org:444", status: 403 },
    { origin: "null", status: 403 },
  ])("$origin: $status", async ({ origin, status }) => {
    const before = await inn.server.refusals("origin_refused");
    const answer = await refusal(inn, origin === undefined ? [] : [`Origin: ${origin}`]);
    expect(answer.status).toBe(status);
    if (status === 101) return;
    expect(answer.code).toBe("origin_refused");
    expect(await inn.server.refusals("origin_refused")).toBe(before + 1);
  });

  it("without the setting any origin may", async () => {
    // The other houses of this file set none.
    expect((await refusal(OPEN, ["Origin: https://anywhere.example.org"])).status).toBe(101);
  });
});

const OPEN = house({ CONNECTIONS_PER_ADDRESS_MAX: 3, CONNECTIONS_MAX: 8 });

describe("CONNECTIONS_PER_ADDRESS_MAX and CONNECTIONS_MAX", () => {
  const addresses = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];

  it("refuse with 429 and 503 before the upgrade, and take the next when one has left", async () => {
    const first = await Promise.all([1, 2, 3].map(() => refusal(OPEN, [], addresses[0])));
    expect(first.map(({ status }) => status)).toEqual([101, 101, 101]);
    const fourth = await refusal(OPEN, [], addresses[0]);
    expect(fourth).toMatchObject({ status: 429, code: "address_limit" });
    // Others are not concerned.
    const second = await Promise.all([1, 2, 3].map(() => refusal(OPEN, [], addresses[1])));
    const third = await Promise.all([1, 2].map(() => refusal(OPEN, [], addresses[2])));
    expect([...second, ...third].map(({ status }) => status)).toEqual(Array(5).fill(101));
    const ninth = await refusal(OPEN, [], addresses[2]);
    expect(ninth).toMatchObject({ status: 503, code: "connections_limit" });
    expect(await OPEN.server.refusals("address_limit")).toBe(1);
    expect(await OPEN.server.refusals("connections_limit")).toBe(1);
    expect(await OPEN.server.metric("roundhouse_addresses")).toBe(3);

    first[0]?.raw.drop();
    await polled(
      () => OPEN.server.metric("roundhouse_connections"),
      (open) => open === 7,
    );
    expect((await refusal(OPEN, [], addresses[0])).status).toBe(101);
    expect((await refusal(OPEN, [], addresses[0])).status).toBe(503);
  });

  it("pages and refused upgrades take no place", async () => {
    for (let n = 0; n < 20; n++) {
      expect((await fetch(`http://${OPEN.server.address}/topology`)).status).toBe(200);
      expect((await refusal(OPEN, ["Sec-WebSocket-Protocol: soap"])).status).toBe(400);
    }
    await polled(
      () => OPEN.server.metric("roundhouse_connections"),
      (open) => open === 0,
    );
    const three = await Promise.all([1, 2, 3].map(() => refusal(OPEN)));
    expect(three.map(({ status }) => status)).toEqual([101, 101, 101]);
  });
});

describe("X-Forwarded-For", () => {
  const proxied = house({ CONNECTIONS_PER_ADDRESS_MAX: 2, TRUST_FORWARDED_FOR: "true" });
  const direct = house({ CONNECTIONS_PER_ADDRESS_MAX: 2 });

  it("is not believed unless TRUST_FORWARDED_FOR says so", async () => {
    const statuses = [];
    for (const n of [1, 2, 3]) {
      statuses.push((await refusal(direct, [`X-Forwarded-For: 10.0.0.${n}`])).status);
    }
    expect(statuses).toEqual([101, 101, 429]);
  });

  it.each([
    {
      what: "the last entry alone",
      headers: ["1.1.1.1, 10.0.0.9", "2.2.2.2, 10.0.0.9", "10.0.0.9"],
    },
    { what: "IPv6 by its /64", headers: ["2001:db8::1", "2001:DB8:0:0:ffff::2", "2001:db8::3:4"] },
    { what: "IPv4 in IPv6 as IPv4", headers: ["::ffff:10.1.1.1", "10.1.1.1", "::ffff:a01:101"] },
    { what: "nonsense as the proxy itself", headers: ["unknown", "<script>", "999.1.1.1"] },
  ])("with it counts $what", async ({ headers }) => {
    const statuses = [];
    for (const header of headers) {
      statuses.push((await refusal(proxied, [`X-Forwarded-For: ${header}`])).status);
    }
    expect(statuses).toEqual([101, 101, 429]);
  });

  it("with it tells addresses apart", async () => {
    for (const n of [1, 2, 3, 4, 5]) {
      const { status } = await refusal(proxied, [`X-Forwarded-For: 2001:db8:0:${n}::1`]);
      expect(status).toBe(101);
    }
  });
});
