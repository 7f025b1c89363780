/** What any node of a cluster answers to operators. */
import type { Passwords, Tokens } from "@roundhouse/accounts";
import { fail, type Result } from "@roundhouse/kernel";
import type { Census } from "@roundhouse/ledger";
import { openAccountPorts } from "../account-ports.ts";
import type { Topology } from "../parts.ts";
import { openQuestions } from "../questions.ts";
import { fingerprintOf } from "./agreement.ts";
import type { Serving } from "./cluster-node.ts";
import type { Life, World } from "./life.ts";
import type { Readiness } from "./readiness.ts";
import { openRoster } from "./roster.ts";

export type OperatorOptions = {
  readonly world: World;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly life: () => Life;
  readonly readiness: Readiness;
  readonly topology: Topology;
  /** What else must be so, that a node of this role can serve. */
  readonly serves: () => Result<void>;
};

export function operatorPorts(options: OperatorOptions): Serving["ports"] {
  const { world, tokens, passwords, life, readiness, topology, serves } = options;
  const { settings, backbone } = world;
  const { shards } = settings;
  return {
    ready: () => {
      const served = serves();
      if (!served.ok) return served;
      return backbone.isSound ? readiness.verdict : fail("shard_unavailable");
    },
    topology,
    ...openQuestions({ inquiry: () => life().inquiry, shards, tokens }),
    accounts: openAccountPorts({ inquiry: () => life().inquiry, passwords }),
    ...openRoster({
      backbone,
      shards,
      census: () => freshCensus(life()),
      rules: fingerprintOf(settings),
    }),
  };
}

/** While the lease is in doubt, what the last renewal saw is too old to be told. */
function freshCensus({ membership }: Life): Census | undefined {
  return membership.isServing ? membership.census : undefined;
}
