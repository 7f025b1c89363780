import type { Backbone, Census, Holder, Member, NodeId } from "@roundhouse/ledger";
import { describe, expect, it, vi } from "vitest";
import { openRoster, type RosterOptions } from "./roster.ts";

const [west, gate] = ["01" as NodeId, "02" as NodeId];

function member(node: NodeId, name: string, more: Partial<Member> = {}): Member {
  return { node, name, role: "shard", address: "", isLeaving: false, until: 6_500, ...more };
}

const census: Census = {
  now: 1_000,
  coordinator: west,
  members: [
    member(west, "west", { rules: "other" }),
    member(gate, "gate", { role: "gateway", address: "ws://g", connections: 5 }),
  ],
  graceUntil: 0,
  drained: ["gone"],
  wishes: new Map(),
  dead: [],
};

function roster(more: Partial<RosterOptions> = {}) {
  const owners: Holder["owner"][] = [west, west, ""];
  const drain = vi.fn<Backbone["drain"]>((_name, _on, then) =>
    then({ known: true, value: undefined }),
  );
  const holder: Backbone["holder"] = (shard, then) => {
    then({ known: true, value: { owner: owners[shard] ?? "", epoch: 1 } });
  };
  const options = {
    backbone: { holder, drain },
    shards: 3,
    census: () => census,
    rules: "own",
    ...more,
  };
  return { ...openRoster(options), told: drain };
}

describe("the roster", () => {
  it("names everybody, with what each has", async () => {
    const seen = await roster().nodes();
    const quiet = { draining: false, leaving: false, leaseMs: 5_500 };
    expect(seen).toEqual({
      ok: true,
      value: [
        {
          ...quiet,
          name: "gate",
          incarnation: gate,
          role: "gateway",
          address: "ws://g",
          shards: 0,
          connections: 5,
          coordinator: false,
          otherRules: false,
        },
        {
          ...quiet,
          name: "west",
          incarnation: west,
          role: "shard",
          address: "",
          shards: 2,
          connections: undefined,
          coordinator: true,
          otherRules: true,
        },
      ],
    });
  });

  it("is not told while the lease is in doubt, or Redis does not answer", async () => {
    const unavailable = { ok: false, code: "shard_unavailable" };
    expect(await roster({ census: () => undefined }).nodes()).toMatchObject(unavailable);
    const lost = { known: false, why: "no answer" } as const;
    const backbone = {
      holder: ((_shard, then) => then(lost)) as Backbone["holder"],
      drain: ((_name, _on, then) => then(lost)) as Backbone["drain"],
    };
    expect(await roster({ backbone }).nodes()).toMatchObject(unavailable);
    expect(await roster({ backbone }).drain("west", true)).toMatchObject(unavailable);
  });
});

describe("draining", () => {
  it("tells the cluster, and answers what is left there", async () => {
    const { drain, told } = roster();
    const answer = await drain("west", true);
    expect(told.mock.calls.map(([name, on]) => [name, on])).toEqual([["west", true]]);
    expect(answer).toMatchObject({
      ok: true,
      value: [{ name: "west", shards: 2, draining: true }],
    });
  });

  it("knows nobody of another name", async () => {
    expect(await roster().drain("east", true)).toMatchObject({ ok: false, code: "node_unknown" });
  });

  it("can be undone for one who is gone", async () => {
    const { drain, told } = roster();
    expect(await drain("gone", false)).toEqual({ ok: true, value: [] });
    expect(told).toHaveBeenCalledOnce();
  });
});
