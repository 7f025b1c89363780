import type { Census, Member, NodeId } from "@roundhouse/ledger";
import { describe, expect, it } from "vitest";
import { clusterTopology } from "./topology.ts";

const SHARDS = 8;
const here = "a" as NodeId;

function member(node: string, more: Partial<Member> = {}): Member {
  const address = `ws://${node}.example`;
  const card = { name: `name-${node}`, role: "gateway", address, isLeaving: false } as const;
  return { node: node as NodeId, ...card, until: 6_000, ...more };
}

function told(members: readonly Member[], more: Partial<Census> = {}): readonly string[] {
  const quiet = {
    coordinator: "",
    graceUntil: 0,
    drained: [],
    wishes: new Map(),
    dead: [],
  } as const;
  const census = { now: 1_000, ...quiet, members, ...more };
  const own = (host: string): string => `ws://${host}`;
  const topology = clusterTopology({ shards: SHARDS, self: () => here, own, census: () => census });
  const { k, shards } = topology("asked.example:8080");
  expect(k).toBe(SHARDS);
  expect(shards).toHaveLength(SHARDS);
  return shards;
}

const count = (addresses: readonly string[], address: string): number =>
  addresses.filter((it) => it === address).length;

describe("the topology of a cluster", () => {
  it("spreads the shards over the gateways; its own name is the one it was asked by", () => {
    const addresses = told([member("a"), member("b")]);
    expect(count(addresses, "ws://asked.example:8080")).toBe(4);
    expect(count(addresses, "ws://b.example")).toBe(4);
  });

  it("is the same whatever the order of the members", () => {
    const members = [member("a"), member("b"), member("c")];
    expect(told(members)).toEqual(told([...members].reverse()));
  });

  it("is this gateway alone as long as nobody is known", () => {
    const own = (host: string): string => `ws://${host}`;
    const census = () => undefined;
    const topology = clusterTopology({ shards: 2, self: () => here, own, census });
    expect(topology("h")).toEqual({ k: 2, shards: ["ws://h", "ws://h"] });
  });

  it.each([
    { what: "shard nodes", other: member("b", { role: "shard", address: "" }), drained: [] },
    { what: "gateways not yet open", other: member("b", { address: "" }), drained: [] },
    { what: "gateways that leave", other: member("b", { isLeaving: true }), drained: [] },
    { what: "gateways that are gone", other: member("b", { until: 900 }), drained: [] },
    { what: "gateways that are drained", other: member("b"), drained: ["name-b"] },
  ])("does not name $what", ({ other, drained }) => {
    expect(count(told([member("a"), other], { drained }), "ws://asked.example:8080")).toBe(SHARDS);
  });

  it("names drained gateways when there are no others", () => {
    const addresses = told([member("b")], { drained: ["name-b"] });
    expect(count(addresses, "ws://b.example")).toBe(SHARDS);
  });
});
