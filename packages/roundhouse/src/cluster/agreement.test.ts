import { type Log, silentLog } from "@roundhouse/kernel";
import type { Census, Member, NodeId } from "@roundhouse/ledger";
import { describe, expect, it, vi } from "vitest";
import { settings } from "../settings.ts";
import { Agreement, fingerprintOf } from "./agreement.ts";

function fingerprint(environment: Record<string, string>): string {
  const parsed = settings.parse(environment);
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  return fingerprintOf(parsed.config);
}

describe("the fingerprint of the rules", () => {
  it.each([
    { environment: { MAIL_MAX: "999" }, isSame: false },
    { environment: { FRIENDS_PER_USER_MAX: "999" }, isSame: false },
    { environment: { RESUME_MS: "1000" }, isSame: false },
    { environment: { AUTH: "token", JWT_SECRET: "s".repeat(32) }, isSame: false },
    { environment: { SIGN_UP: "closed" }, isSame: false },
    { environment: { SIGN_UP: "open" }, isSame: true },
    { environment: { HTTP_PORT: "80", NODE_NAME: "west" }, isSame: true },
    { environment: { MESSAGES_PER_SECOND_MAX: "7" }, isSame: true }, // A gateway's own.
  ])("with $environment: the same is $isSame", ({ environment, isSame }) => {
    const other = fingerprint(environment as Record<string, string>);
    expect(other === fingerprint({})).toBe(isSame);
  });
});

describe("nodes that meet", () => {
  const member = (name: string, more: Partial<Member>): Member => {
    const node = name as NodeId;
    const plain = { node, name, address: "", isLeaving: false, until: 6_000 };
    return { ...plain, role: "shard", rules: "own", ...more };
  };
  const censusOf = (...members: readonly Member[]): Census => {
    const rest = { drained: [], wishes: new Map(), dead: [], graceUntil: 0 };
    return { now: 1_000, coordinator: "", members, ...rest };
  };

  it("with the same rules have nothing to tell", () => {
    const agreement = new Agreement("own", silentLog);
    expect(agreement.others(undefined)).toEqual([]);
    const older = member("older", {});
    const { rules: _, ...silent } = older;
    expect(agreement.others(censusOf(member("one", {}), silent))).toEqual([]);
  });

  it("with other rules are told of once each, as long as they live", () => {
    const say = vi.fn<Log["say"]>();
    const agreement = new Agreement("own", { say });
    const east = member("east", { rules: "other" });
    const dead = member("dead", { rules: "other", until: 500 });
    expect(agreement.others(censusOf(east, dead))).toEqual([east]);
    expect(agreement.others(censusOf(east))).toEqual([east]);
    expect(say.mock.calls).toEqual([["warn", "rules_differ", { other: "east", role: "shard" }]]);
    expect(agreement.others(censusOf(member("east", {})))).toEqual([]);
    agreement.others(censusOf(east));
    expect(say).toHaveBeenCalledTimes(2);
  });
});
