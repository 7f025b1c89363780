// With real sockets, and certificates that nobody should trust.
import type { ConnectionOptions, TLSSocket } from "node:tls";
import {
  certificateOne,
  certificateOther,
  type LineClient,
  StreamHouse,
  type StreamHouseOptions,
} from "@roundhouse/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";

let house: StreamHouse;
async function open(options: StreamHouseOptions = {}): Promise<void> {
  house = await StreamHouse.open(options);
}
afterEach(() => house.close());

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const echo = { to: "send", reply: { on: "echo" } };
const big = (bytes: number) => ({ to: "send", reply: { on: "echo", text: "x".repeat(bytes) } });

describe("a stream by TLS", () => {
  const subject = ({ socket }: LineClient): string => {
    return String((socket as TLSSocket).getPeerCertificate().subject.CN);
  };

  it("says the same, encrypted", async () => {
    await open({ tls: certificateOne });
    const client = await house.enterSecurely();
    client.says(echo, big(150_000));
    await until(() => expect(client.heard).toHaveLength(2));
    expect(subject(client)).toBe("one.example");
    client.socket.end();
    await until(() => expect(house.gateway.connections).toBe(0));
    expect(house.gateway.door.addresses).toBe(0);
    expect(house.gateway.stats.handshakesFailed).toBe(0);
  });

  it("shows a new certificate to who comes next; whoever is here stays", async () => {
    await open({ tls: certificateOne });
    const before = await house.enterSecurely();
    expect(house.streams?.renew(certificateOther)).toBe(true);
    const after = await house.enterSecurely();
    expect([subject(before), subject(after)]).toEqual(["one.example", "other.example"]);
    before.says(echo);
    await until(() => expect(before.heard).toHaveLength(1));
    expect(house.logged).toEqual(["certificate_renewed"]);
  });

  it.each([
    { pair: "a key of another certificate", cert: certificateOther.cert, key: certificateOne.key },
    { pair: "garbage", cert: "garbage", key: "garbage" },
    { pair: "nothing", cert: "", key: "" },
  ])("keeps its certificate when the new one is $pair", async ({ cert, key }) => {
    await open({ tls: certificateOne });
    expect(house.streams?.renew({ cert, key })).toBe(false);
    expect(subject(await house.enterSecurely())).toBe("one.example");
    expect(house.logged).toEqual(["certificate_refused"]);
  });

  it("does not begin without a good certificate", async () => {
    await expect(
      open({ tls: { ...certificateOne, cert: certificateOther.cert } }),
    ).rejects.toThrow();
  });

  it("is not spoken below TLS 1.2", async () => {
    await open({ tls: certificateOne });
    const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
    await expect(house.enterSecurely(old as ConnectionOptions)).rejects.toThrow();
    await until(() => expect(house.gateway.stats.handshakesFailed).toBe(1));
    const client = await house.enterSecurely({ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
    expect((client.socket as TLSSocket).getProtocol()).toBe("TLSv1.2");
    client.says(echo);
    await until(() => expect(client.heard).toHaveLength(1));
  });

  it("begins also while another address keeps as many handshakes open as there may be", async () => {
    await open({ tls: certificateOne });
    const idle = await Promise.all(Array.from({ length: 512 }, () => house.enter()));
    await until(() => expect(house.gateway.door.addresses).toBe(1));
    const more = house.knock();
    await until(() => expect(more.isClosed).toBe(true));
    const client = await house.enterSecurely({ localAddress: "127.0.0.2" } as ConnectionOptions);
    client.says(echo);
    await until(() => expect(client.heard).toHaveLength(1));
    await until(() => expect(idle.filter(({ isClosed }) => isClosed)).toHaveLength(1));
    expect(house.gateway.stats.handshakesFailed).toBe(1);
    expect(house.gateway.stats.refusals.get("connections_limit")).toBe(1);
  });

  it("that never begins counts at the door, and is counted when it fails", async () => {
    await open({ tls: certificateOne, limits: { connectionsPerAddressMax: 2 } });
    const [silent, plain] = [await house.enter(), await house.enter()];
    await until(() => expect(house.gateway.door.addresses).toBe(1));
    const third = house.knock();
    await until(() => expect(third.isClosed).toBe(true));
    expect(house.gateway.stats.opened).toBe(0);
    plain.says(echo);
    await until(() => expect(plain.isClosed).toBe(true));
    silent.socket.resetAndDestroy();
    await until(() => expect(house.gateway.stats.handshakesFailed).toBe(2));
    expect(house.gateway.door.addresses).toBe(0);
    const client = await house.enterSecurely();
    client.says(echo);
    await until(() => expect(client.heard).toHaveLength(1));
  });
});
