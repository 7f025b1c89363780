// One room. No metric names a room, since there may be a million: a room is seen by its shard and the shard's owner.
import { quantiles, rate, total } from "./dashboards-ask.mjs";
import { board, graph, note, stat } from "./dashboards-board.mjs";

const SHARD = 'roundhouse_shard_epoch{namespace=~"$namespace", shard="$shard"}';

/**
 * Of the node that owns the shard at each moment: that is where the room lives.
 * @param {string} expr
 */
const owned = (expr) => `${expr} * on (instance) group_left () (${SHARD} > bool -1)`;

/**
 * @param {string} histogram
 * @param {string} of
 * @param {string} name
 */
const ofOwner = (histogram, of, name) =>
  [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (le) (${owned(rate(`${histogram}_bucket${of}`))}))`,
    legend: `${name} p${quantile * 100}`,
  }));

const where = {
  title: "Where is it?",
  panels: [
    [
      note(
        "How to look at one room",
        "`roundhouse rooms` names the shard of each open room; it is `Abs(Crc32(name)) % K`. Choose that shard above. No metric names a room: the panels show the shard's owner, which is what the room waits for.",
      ),
      stat({
        title: "Owner of the shard",
        says: "The node that decides for this room now.",
        unit: "short",
        ask: [
          {
            expr: `max by (node) (${SHARD} * on (instance) group_left (node) roundhouse_info)`,
            legend: "{{node}}",
          },
        ],
      }),
      stat({
        title: "Owners in the last hour",
        says: "How often the shard has changed hands: each time the room stood still for some tens of milliseconds.",
        unit: "short",
        ask: [
          {
            expr: `max(max_over_time(${SHARD}[1h])) - min(min_over_time(${SHARD}[1h]))`,
            legend: "changes",
          },
        ],
      }),
    ],
  ],
};

const itsWay = {
  title: "How long does an action take to its members?",
  panels: [
    [
      graph({
        title: "At the owner",
        says: "inbox: until its batch is taken; commit: decided and committed. Of all shards of that node.",
        unit: "s",
        ask: [
          ...ofOwner("roundhouse_hop_seconds", '{hop="inbox"}', "inbox"),
          ...ofOwner("roundhouse_hop_seconds", '{hop="commit"}', "commit"),
        ],
        steps: { 0.25: "orange" },
      }),
      graph({
        title: "To the inbox, and to the sockets",
        says: "The gateways' parts: from a batch's sending until the inbox has it, and from a frame to the sockets.",
        unit: "s",
        ask: [
          ...quantiles("roundhouse_append_seconds", { of: '{role="gateway"}', as: "append" }),
          ...quantiles("roundhouse_hop_seconds", { of: '{hop="fan_out"}', as: "fan-out" }),
        ],
      }),
      graph({
        title: "What waits at the owner",
        says: "Age of its oldest batch, and how late its event loop was (p99, coarse by 50 ms).",
        unit: "s",
        ask: [
          { expr: `max(${owned("roundhouse_inbox_age_seconds")})`, legend: "inbox" },
          { expr: `max(${owned("nodejs_eventloop_lag_p99_seconds")})`, legend: "event loop" },
        ],
        steps: { 1: "orange" },
      }),
    ],
  ],
};

const typical = {
  title: "What is a room like here?",
  panels: [
    [
      graph({
        title: "Rooms and members at the owner",
        says: "Of all its shards together.",
        unit: "short",
        ask: [
          { expr: `sum(${owned("roundhouse_rooms")})`, legend: "rooms" },
          { expr: `sum(${owned("roundhouse_members")})`, legend: "members" },
        ],
      }),
      graph({
        title: "Members of a room",
        says: "The mean of all rooms of the chosen nodes.",
        unit: "short",
        ask: [
          {
            expr: `${total("roundhouse_members")} / (${total("roundhouse_rooms")} > 0)`,
            legend: "mean",
          },
        ],
      }),
      graph({
        title: "Actions of a room",
        says: "The mean of all rooms of the chosen nodes, a second.",
        unit: "ops",
        ask: [
          {
            expr: `${total(rate('roundhouse_commands_total{kind=~"act|say", outcome="done"}'))} / (${total("roundhouse_rooms")} > 0)`,
            legend: "mean",
          },
        ],
      }),
      graph({
        title: "Commands decided by the owner",
        says: "By kind, of all its shards: a room that is too loud shows as `act`.",
        unit: "ops",
        ask: [
          {
            expr: `sum by (kind) (${owned(rate("roundhouse_commands_total"))})`,
            legend: "{{kind}}",
          },
        ],
      }),
    ],
  ],
};

export const room = board({
  uid: "roundhouse-room",
  title: "One room",
  says: "A room by its shard: who decides for it, how long an action takes to its members, and what a room is like here.",
  variables: [
    {
      name: "shard",
      label: "Shard",
      query: 'label_values(roundhouse_shard_epoch{namespace=~"$namespace"}, shard)',
      all: false,
    },
  ],
  rows: [where, itsWay, typical],
});
