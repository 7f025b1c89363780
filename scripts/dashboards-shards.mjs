// Shards: who owns them, how they move, and how what is said to them becomes a commit.
import {
  increase,
  max,
  maxBy,
  mean,
  orZero,
  perSecond,
  perSecondBy,
  quantiles,
  scoped,
  sum,
  sumBy,
  totalBy,
} from "./dashboards-ask.mjs";
import { board, graph, stat } from "./dashboards-board.mjs";

const owners = {
  title: "Who owns them?",
  panels: [
    [
      stat({
        title: "Shards with an owner",
        says: "Of K (SHARDS, 64 by default). Fewer: what is said to the others waits in their inboxes.",
        unit: "short",
        ask: [
          {
            expr: `count(count by (shard) (${scoped("roundhouse_shard_epoch")}))`,
            legend: "shards",
          },
        ],
      }),
      stat({
        title: "Leases",
        says: "Nodes with a lease, as the nodes see each other.",
        unit: "short",
        ask: [maxBy("exported_role", "roundhouse_nodes")],
      }),
      stat({
        title: "Coordinator",
        says: "The node that decides when shards move. For a moment there may be none, or two: neither does harm.",
        unit: "short",
        ask: [
          { expr: `sum by (node) (${scoped("roundhouse_coordinator")}) > 0`, legend: "{{node}}" },
        ],
      }),
      stat({
        title: "Shortest lease",
        says: "What is left of the lease that ends first; renewed each second, 6 s long, doubted below 2 s.",
        unit: "s",
        ask: [{ expr: `min(${scoped("roundhouse_lease_margin_seconds")})`, legend: "left" }],
        steps: { 0: "red", 2: "orange", 4: "green" },
      }),
      stat({
        title: "Other rules",
        says: "Nodes whose settings differ where all must be one; some, while a change rolls out.",
        unit: "short",
        ask: [max("roundhouse_nodes_with_other_rules", "nodes")],
        steps: { 1: "orange" },
      }),
    ],
    [
      graph({
        title: "Shards by node",
        says: "How many each node owns.",
        unit: "short",
        ask: [sumBy("node", "roundhouse_shards")],
      }),
      graph({
        title: "Moves",
        says: "Shards handed over by living owners, and taken over from the dead (at a cluster's begin: from nobody).",
        unit: "ops",
        ask: [
          perSecond("roundhouse_hand_overs_total", "handed over"),
          perSecond("roundhouse_take_overs_total", "taken over"),
          sum("roundhouse_shards_moving", "on their way now"),
        ],
      }),
      graph({
        title: "How long a room stands still when its shard moves",
        says: "The last owner's part, and the next owner's part. Together they are the pause: 250 ms are promised for 99 of 100.",
        unit: "s",
        ask: [
          ...quantiles("roundhouse_hand_over_seconds", { as: "handing over" }),
          ...quantiles("roundhouse_shard_opening_seconds", { as: "opening" }),
        ],
        steps: { 0.25: "red" },
      }),
    ],
  ],
};

const commits = {
  title: "How is it decided?",
  panels: [
    [
      graph({
        title: "Age of inboxes",
        says: "How long the oldest batch waits for the node that owns its shard.",
        unit: "s",
        ask: [maxBy("node", "roundhouse_inbox_age_seconds")],
        steps: { 1: "orange" },
      }),
      graph({
        title: "Waiting batches",
        says: "In the inboxes of a node's shards, and in its outboxes for other shards.",
        unit: "short",
        ask: [
          { expr: totalBy("node", "roundhouse_inbox_entries"), legend: "{{node}} in" },
          { expr: totalBy("node", "roundhouse_outbox_batches"), legend: "{{node}} out" },
        ],
      }),
      graph({
        title: "Hops of a command",
        says: "inbox: the oldest command's wait for its batch; commit: decide and commit it; fan_out: from the frame to the sockets.",
        unit: "s",
        ask: quantiles("roundhouse_hop_seconds", { by: "hop" }),
      }),
    ],
    [
      graph({
        title: "Commits",
        says: "Batches committed by each node.",
        unit: "ops",
        ask: [perSecondBy("node", "roundhouse_commits_total")],
      }),
      graph({
        title: "Commands in a batch",
        says: "More load, larger batches: that is what makes one cheap.",
        unit: "short",
        ask: [mean("roundhouse_batch_commands")],
      }),
      graph({
        title: "Commands by kind",
        says: "What shards were asked, the house's own questions (ping, digest, count) among them.",
        unit: "ops",
        ask: [perSecondBy("kind", "roundhouse_commands_total")],
      }),
      graph({
        title: "Refused by shards",
        says: "What a shard decided could not be done, by code.",
        unit: "ops",
        ask: [orZero(perSecondBy("code", "roundhouse_refusals_total"))],
      }),
    ],
  ],
};

const trouble = {
  title: "What went wrong?",
  panels: [
    [
      graph({
        title: "Fenced",
        says: "Commits of a node that was no owner any more, all refused; shards found to be somebody else's; hand-overs too late.",
        unit: "short",
        ask: [
          increase("roundhouse_commits_fenced_total", "commits"),
          increase("roundhouse_shards_lost_total", "shards lost"),
          increase("roundhouse_hand_overs_late_total", "late hand-overs"),
        ],
        steps: { 1: "orange" },
      }),
      graph({
        title: "Nodes lost",
        says: "Declared dead, not yet buried in every shard, and how long the oldest dead gateway has not been declared dead.",
        unit: "short",
        ask: [
          increase("roundhouse_nodes_declared_dead_total", "declared dead"),
          max("roundhouse_nodes_dead", "not yet buried"),
          max("roundhouse_presence_staleness_seconds", "seconds stale"),
        ],
        steps: { 6: "red" },
      }),
      graph({
        title: "Leases in doubt",
        says: "Nodes that stopped serving since they could not renew, and nodes that were declared dead and live.",
        unit: "short",
        ask: [
          increase("roundhouse_lease_doubts_total", "doubts"),
          increase("roundhouse_rebirths_total", "reborn"),
        ],
        steps: { 1: "orange" },
      }),
      graph({
        title: "Looks that found something",
        says: "Batches in an inbox that were not announced, by what made the owner look. Some are the way of a taken shard.",
        unit: "ops",
        ask: [orZero(perSecondBy("cause", "roundhouse_inbox_rereads_total"))],
      }),
    ],
  ],
};

export const shards = board({
  uid: "roundhouse-shards",
  title: "Shards and hand-over",
  says: "Who owns the shards, how they move, and how what is said to them becomes a commit.",
  rows: [owners, commits, trouble],
});
