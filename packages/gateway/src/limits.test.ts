import type { GatewayId, SessionId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { type Address, Connection, type Voice } from "./connection.ts";
import { addressKey, Doorkeeper, type Limits, type Verdict } from "./limits.ts";

const START = 1_000_000;
const limits = (given: Partial<Limits> = {}): Limits => ({
  connectionsMax: 0,
  connectionsPerAddressMax: 0,
  messagesPerSecondMax: 10,
  addressRateFactor: 3,
  ...given,
});

describe("the key of an address", () => {
  it.each([
    { text: "203.0.113.7", key: "203.0.113.7" },
    { text: "2001:0db8:0000:0001:0000:0000:0000:0007", key: "2001:db8:0:1::/64" },
    { text: "2001:db8:0:1::7", key: "2001:db8:0:1::/64" },
    { text: "2001:DB8:0:1:ffff:ffff:ffff:ffff", key: "2001:db8:0:1::/64" },
    { text: "2001:db8::1", key: "2001:db8:0:0::/64" },
    { text: "2001:db8:0:2::7", key: "2001:db8:0:2::/64" },
    { text: "::1", key: "0:0:0:0::/64" },
    { text: "::", key: "0:0:0:0::/64" },
    { text: "fe80::1%eth0", key: "fe80:0:0:0::/64" },
    { text: "::ffff:203.0.113.7", key: "203.0.113.7" },
    { text: "::ffff:cb00:7107", key: "203.0.113.7" },
    { text: "0000:0000:0000:0000:0000:ffff:cb00:7107", key: "203.0.113.7" },
    { text: "0:0:0:0:0:FFFF:CB00:7107", key: "203.0.113.7" },
    { text: "64:ff9b::203.0.113.7", key: "64:ff9b:0:0::/64" }, // NAT64 is a net of its own.
    { text: "", key: "" },
  ])("$text: $key", ({ text, key }) => {
    expect(addressKey(text)).toBe(key);
  });
});

describe("the door", () => {
  it("that was shut lets nobody in any more", () => {
    const door = new Doorkeeper(limits());
    enter(door, "a");
    door.shut();
    const refused = door.enter("a", START);
    expect(refused.ok ? undefined : refused.code).toBe("going_away");
    expect(door.addresses).toBe(1);
  });

  it("lets in so many of one address, and another when one has left", () => {
    const door = new Doorkeeper(limits({ connectionsPerAddressMax: 2 }));
    const first = enter(door, "a");
    enter(door, "a");
    expect(door.enter("a", START)).toMatchObject({ code: "address_limit", facts: { most: 2 } });
    enter(door, "b");
    door.leave(first);
    enter(door, "a");
    expect(door.enter("a", START).ok).toBe(false);
  });

  it("lets in so many in all, whatever their addresses", () => {
    const door = new Doorkeeper(limits({ connectionsMax: 2 }));
    enter(door, "a");
    const second = enter(door, "b");
    expect(door.enter("c", START)).toMatchObject({ code: "connections_limit", facts: { most: 2 } });
    door.leave(second);
    enter(door, "c");
  });

  it("knows no limit where it is 0", () => {
    const door = new Doorkeeper(limits());
    for (let n = 0; n < 5_000; n++) enter(door, "a");
    expect(door.addresses).toBe(1);
  });

  it("forgets an address with its last connection", () => {
    const door = new Doorkeeper(limits());
    const held = ["a", "a", "b"].map((name) => enter(door, name));
    expect(door.addresses).toBe(2);
    for (const address of held) door.leave(address);
    expect(door.addresses).toBe(0);
  });
});

// Ten a second: twenty at once, and fifty more too many end it.
describe("the rate of a connection", () => {
  it.each([
    { said: "a burst of twenty", times: 20, everyMs: 0, verdicts: { take: 20 } },
    { said: "one more than that", times: 21, everyMs: 0, verdicts: { take: 20, refuse: 1 } },
    { said: "its rate for a minute", times: 600, everyMs: 100, verdicts: { take: 600 } },
    {
      said: "a flood",
      times: 100,
      everyMs: 0,
      verdicts: { take: 20, refuse: 50, close: 30 },
    },
    {
      said: "twice its rate for nine seconds",
      times: 180,
      everyMs: 50,
      // It gains ten a second on its allowance of twenty and its patience of fifty.
      verdicts: { take: 39, refuse: 100, close: 41 },
    },
  ])("$said", ({ times, everyMs, verdicts }) => {
    const door = new Doorkeeper(limits({ addressRateFactor: 1_000 }));
    const connection = visitor(door, "a");
    const counted = { take: 0, refuse: 0, close: 0 };
    for (let n = 0; n < times; n++) counted[door.judge(connection, START + n * everyMs)]++;
    expect(counted).toEqual({ refuse: 0, close: 0, ...verdicts });
  });

  it("comes back with time, up to the burst and no further", () => {
    const door = new Doorkeeper(limits({ addressRateFactor: 1_000 }));
    const connection = visitor(door, "a");
    said(door, connection, { times: 30, at: START });
    expect(door.judge(connection, START + 500)).toBe("refuse");
    expect(door.judge(connection, START + 3_000)).toBe("take");
    const later = said(door, connection, { times: 21, at: START + 3_600_000 });
    expect(later.filter((verdict) => verdict === "take")).toHaveLength(20);
  });

  it("pays for what a message asks beyond itself, and is not closed for asking once", () => {
    const door = new Doorkeeper(limits());
    const connection = visitor(door, "a");
    door.charge(connection, 15);
    const verdicts = said(door, connection, { times: 20, at: START });
    expect(verdicts.filter((verdict) => verdict === "take")).toHaveLength(5);
    door.charge(connection, 10_000);
    expect(door.judge(connection, START + 1_000)).toBe("refuse");
  });

  it("gains nothing from a clock that goes back", () => {
    const door = new Doorkeeper(limits());
    const connection = visitor(door, "a");
    said(door, connection, { times: 20, at: START });
    expect(door.judge(connection, START - 60_000)).toBe("refuse");
  });

  it("is no limit where it is 0, for addresses neither", () => {
    const door = new Doorkeeper(limits({ messagesPerSecondMax: 0 }));
    const connection = visitor(door, "a");
    const verdicts = said(door, connection, { times: 10_000, at: START });
    expect(new Set(verdicts)).toEqual(new Set(["take"]));
  });
});

describe("the rate of an address", () => {
  it("is shared by its connections, each polite by itself, and by no other address", () => {
    const door = new Doorkeeper(limits());
    const crowd = [1, 2, 3, 4].map(() => visitor(door, "a"));
    const other = visitor(door, "b");
    const verdicts = crowd.map((it) => said(door, it, { times: 20, at: START }));
    const taken = verdicts.flat().filter((verdict) => verdict === "take");
    expect(taken).toHaveLength(60); // Three connections' bursts.
    expect(new Set(said(door, other, { times: 20, at: START }))).toEqual(new Set(["take"]));
  });

  it("never sinks so low that the innocent wait longer than a few seconds", () => {
    const door = new Doorkeeper(limits());
    const flooder = visitor(door, "a");
    const innocent = visitor(door, "a");
    said(door, flooder, { times: 10_000, at: START });
    expect(door.judge(innocent, START)).toBe("refuse");
    expect(door.judge(innocent, START + 2_000)).toBe("take");
  });
});

function enter(door: Doorkeeper, name: string): Address {
  const entered = door.enter(name, START);
  if (!entered.ok) throw new Error(entered.code);
  return entered.value;
}

function visitor(door: Doorkeeper, name: string): Connection {
  const id: GatewayId = "gate" as GatewayId;
  const session = `${id}-1` as SessionId;
  return new Connection({} as Voice, session, enter(door, name), door.allowance, START);
}

function said(
  door: Doorkeeper,
  connection: Connection,
  { times, at }: { readonly times: number; readonly at: number },
): readonly Verdict[] {
  return Array.from({ length: times }, () => door.judge(connection, at));
}
