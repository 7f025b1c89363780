// Whether all is well, and how much there is to do; beside it what k6's players saw of it.
import {
  max,
  maxBy,
  orZero,
  perSecond,
  perSecondBy,
  quantiles,
  rate,
  sum,
  sumBy,
} from "./dashboards-ask.mjs";
import { board, graph, stat } from "./dashboards-board.mjs";

const health = {
  title: "Is it well?",
  panels: [
    [
      stat({
        title: "Gateways ready",
        says: "Through which a message made the round trip within the last 5 s.",
        unit: "short",
        ask: [sum('roundhouse_ready{role="gateway"}', "gateways")],
        steps: { 0: "red", 1: "green" },
      }),
      stat({
        title: "Shard nodes ready",
        says: "Through which a message made the round trip within the last 5 s.",
        unit: "short",
        ask: [sum('roundhouse_ready{role="shard"}', "shard nodes")],
        steps: { 0: "red", 1: "green" },
      }),
      stat({
        title: "Connections",
        says: "Open connections of players, of all protocols.",
        unit: "short",
        ask: [sum("roundhouse_connections", "connections")],
      }),
      stat({
        title: "Actions a second",
        says: "Actions and words that shards decided and that were accepted.",
        unit: "ops",
        ask: [perSecond('roundhouse_commands_total{kind=~"act|say", outcome="done"}', "actions")],
      }),
      stat({
        title: "Promises broken in the last hour",
        says: "What nodes found themselves: lost, doubled or reordered. Each has its own name on the board of gateways and shards.",
        unit: "short",
        ask: [
          sum(
            'increase(roundhouse_invariant_violations_total{invariant!="presence_true"}[1h])',
            "broken",
          ),
        ],
        steps: { 1: "red" },
      }),
      stat({
        title: "Alerts firing",
        says: "Alerts of deploy/prometheus/rules that fire now; docs/operations.md says what to do.",
        unit: "short",
        ask: [
          orZero({
            expr: 'count(ALERTS{alertname=~"Roundhouse.*", alertstate="firing"})',
            legend: "alerts",
          }),
        ],
        steps: { 1: "red" },
      }),
    ],
  ],
};

const load = {
  title: "What is there to do?",
  panels: [
    [
      graph({
        title: "Connections by protocol",
        says: "Open connections; scrp is TCP, the others are WebSockets.",
        unit: "short",
        ask: [sumBy("protocol", "roundhouse_connections")],
      }),
      graph({
        title: "Messages in, deliveries out",
        says: "Messages from players, and events handed to them: one event to ten members is ten.",
        unit: "ops",
        ask: [
          perSecond("roundhouse_messages_total", "messages"),
          perSecond("roundhouse_deliveries_total", "deliveries"),
        ],
      }),
      graph({
        title: "Rooms, members and users",
        says: "What the shards have in memory.",
        unit: "short",
        ask: [
          sum("roundhouse_rooms", "rooms"),
          sum("roundhouse_members", "members"),
          sum("roundhouse_users", "users"),
        ],
      }),
    ],
    [
      graph({
        title: "Round trip",
        says: "A ping a second from each node through the inbox of one shard after the other: decided, committed, published.",
        unit: "s",
        ask: quantiles("roundhouse_round_trip_seconds"),
        steps: { 0.25: "orange" },
      }),
      graph({
        title: "What waits longest",
        says: "The oldest command in an inbox, and the oldest batch that no inbox has taken yet.",
        unit: "s",
        ask: [
          max("roundhouse_inbox_age_seconds", "in an inbox"),
          max("roundhouse_append_queue_age_seconds", "on its way to one"),
        ],
        steps: { 1: "orange" },
      }),
      graph({
        title: "Refused by code",
        says: "What players were told could not be done, by the code of faults.ts.",
        unit: "ops",
        ask: [orZero(perSecondBy("code", "roundhouse_gateway_refusals_total"))],
      }),
    ],
  ],
};

const machines = {
  title: "What does it cost?",
  panels: [
    [
      graph({
        title: "Event loop",
        says: "How late it was, the 99th percentile since the last scrape. About 50 ms is how coarse it is measured, not a delay.",
        unit: "s",
        ask: [maxBy("node", "nodejs_eventloop_lag_p99_seconds")],
        steps: { 0.25: "red" },
      }),
      graph({
        title: "CPU",
        says: "Cores in use by each node; a node's main loop never uses more than one.",
        unit: "short",
        ask: [perSecondBy("node", "process_cpu_seconds_total")],
        steps: { 0.8: "orange" },
      }),
      graph({
        title: "Memory",
        says: "Resident memory of each node.",
        unit: "bytes",
        ask: [sumBy("node", "process_resident_memory_bytes")],
      }),
    ],
  ],
};

/** @param {string} name @param {string} legend */
const seen = (name, legend) => ({
  expr: `sum by (scenario) (${rate(`k6_roundhouse_${name}_total`)})`,
  legend: `{{scenario}} ${legend}`,
});
/** @param {string} name @param {string} legend */
const counted = (name, legend) => ({
  expr: `sum by (scenario) (k6_roundhouse_${name}_total)`,
  legend: `{{scenario}} ${legend}`,
});
/** @param {string} name @param {string} legend */
const took = (name, legend) => ({
  expr: `max by (scenario) (k6_roundhouse_${name}_ms_p99)`,
  legend: `{{scenario}} ${legend}`,
});

const players = {
  title: "What k6's players saw (npm run load; empty without one)",
  panels: [
    [
      graph({
        title: "Said and heard by k6",
        says: "What virtual players said, and what they heard of it; the server's own deliveries are above.",
        unit: "ops",
        ask: [seen("said", "said"), seen("heard", "heard")],
      }),
      graph({
        title: "Answers, seen by k6",
        says: "From saying something until it comes back, until another member has it, and until presence is told: p99. Named _ms by k6, written in seconds.",
        unit: "s",
        ask: [
          took("answer", "own answer"),
          took("delivery", "another member"),
          took("presence", "presence"),
        ],
        steps: { 0.25: "orange" },
      }),
      graph({
        title: "Wrong, by k6's count",
        says: "Lost, doubled, out of order, or a presence that was not true: each client verifies what it hears.",
        unit: "short",
        ask: [
          counted("lost", "lost"),
          counted("doubled", "doubled"),
          counted("reordered", "reordered"),
          counted("presence_wrong", "presence wrong"),
        ],
        steps: { 1: "red" },
      }),
      graph({
        title: "Virtual players",
        says: "Those that k6 runs, and the connections that it has seen closed.",
        unit: "short",
        ask: [{ expr: "sum(k6_vus)", legend: "virtual users" }, counted("closed", "closed")],
      }),
    ],
  ],
};

export const overview = board({
  uid: "roundhouse-overview",
  title: "Overview",
  says: "Whether all is well, how much there is to do, what it costs, and what k6's players saw of it.",
  rows: [health, load, machines, players],
});
