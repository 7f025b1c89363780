// Gateways: who is connected, what is fanned out, and whether gateways and shards know the same.
import {
  increase,
  maxBy,
  orZero,
  perSecond,
  perSecondBy,
  quantiles,
  rate,
  scoped,
  sum,
  sumBy,
  total,
} from "./dashboards-ask.mjs";
import { board, graph } from "./dashboards-board.mjs";

const players = {
  title: "Who is connected?",
  panels: [
    [
      graph({
        title: "Connections by gateway",
        says: "Open connections; CONNECTIONS_MAX is 15,000 by default.",
        unit: "short",
        ask: [sumBy("node", "roundhouse_connections")],
        steps: { 12000: "orange" },
      }),
      graph({
        title: "Coming and going",
        says: "Connections opened and closed a second.",
        unit: "ops",
        ask: [
          perSecond("roundhouse_connections_opened_total", "opened"),
          perSecond("roundhouse_connections_closed_total", "closed"),
        ],
      }),
      graph({
        title: "Open files",
        says: "Share of what the process may open; each connection is one.",
        unit: "percentunit",
        ask: [maxBy("node", "process_open_fds / process_max_fds")],
        steps: { 0.9: "red" },
      }),
      graph({
        title: "Addresses, rooms, watched users",
        says: "What gateways keep for their connections.",
        unit: "short",
        ask: [
          sum("roundhouse_addresses", "addresses"),
          sum("roundhouse_gateway_rooms", "rooms"),
          sum("roundhouse_gateway_watched", "watched users"),
        ],
      }),
    ],
  ],
};

const fanOut = {
  title: "What is fanned out?",
  panels: [
    [
      graph({
        title: "Messages from players",
        says: "By gateway.",
        unit: "ops",
        ask: [perSecondBy("node", "roundhouse_messages_total")],
      }),
      graph({
        title: "Deliveries and frames",
        says: "Events handed to connections, the frames they left in, and what the native topics were given.",
        unit: "ops",
        ask: [
          perSecond("roundhouse_deliveries_total", "deliveries"),
          perSecond("roundhouse_frames_handed_total", "frames to connections"),
          perSecond("roundhouse_publishes_total", "publishes"),
        ],
      }),
      graph({
        title: "Characters",
        says: "Of text, and bytes of binary frames, before compression and headers.",
        unit: "Bps",
        ask: [
          perSecond("roundhouse_message_characters_total", "in"),
          perSecond("roundhouse_fan_out_characters_total", "out"),
        ],
      }),
      graph({
        title: "From a frame to the sockets",
        says: "The last hop of everything that is heard.",
        unit: "s",
        ask: quantiles("roundhouse_hop_seconds", { of: '{hop="fan_out"}' }),
        steps: { 0.05: "orange" },
      }),
    ],
    [
      graph({
        title: "Readers closed",
        says: "Connections closed because they did not read, a minute; they may resume.",
        unit: "cpm",
        ask: [sumBy("node", `60 * ${rate("roundhouse_slow_closes_total")}`)],
      }),
      graph({
        title: "Refused by code",
        says: "What the gateway refused, ignored, or told its players that a shard refused.",
        unit: "ops",
        ask: [orZero(perSecondBy("code", "roundhouse_gateway_refusals_total"))],
      }),
      graph({
        title: "CPU for a delivery",
        says: "All of the gateways' CPU time by all deliveries: falls as load grows.",
        unit: "s",
        ask: [
          {
            expr: `${total(rate('process_cpu_seconds_total{role="gateway"}'))} / (${total(rate("roundhouse_deliveries_total"))} > 0)`,
            legend: "CPU",
          },
        ],
      }),
      graph({
        title: "Event loop",
        says: "How late gateways' loops were (p99); about 50 ms is how coarse it is measured.",
        unit: "s",
        ask: [maxBy("node", 'nodejs_eventloop_lag_p99_seconds{role="gateway"}')],
        steps: { 0.25: "red" },
      }),
    ],
  ],
};

const agreement = {
  title: "Do gateways and shards know the same?",
  panels: [
    [
      graph({
        title: "Digests compared",
        says: "Of what a gateway and a shard know of each other, each 10 s.",
        unit: "ops",
        ask: [perSecond("roundhouse_digests_total", "digests")],
      }),
      graph({
        title: "Repairs",
        says: "0 without a fault: what was wrong where digests differed, or frames were lost for good.",
        unit: "short",
        ask: [
          {
            expr: `sum by (cause, what) (${scoped("increase(roundhouse_repairs_total[$__rate_interval])")})`,
            legend: "{{cause}}: {{what}}",
          },
        ],
        steps: { 1: "orange" },
      }),
      graph({
        title: "Owed",
        says: "Rooms that hear nothing until a repair is done, and departures that no inbox has taken yet.",
        unit: "short",
        ask: [
          sum("roundhouse_stale_rooms", "stale rooms"),
          sum("roundhouse_departures_owed", "departures"),
          increase("roundhouse_parts_total", "seats given up"),
          increase("roundhouse_snapshots_total", "snapshots"),
        ],
        steps: { 1: "orange" },
      }),
      graph({
        title: "The quietest shard",
        says: "How long a gateway has not heard it; a digest makes each speak every 10 s.",
        unit: "s",
        ask: [maxBy("node", "roundhouse_shard_silence_seconds")],
        steps: { 25: "red" },
      }),
    ],
  ],
};

export const gateways = board({
  uid: "roundhouse-gateways",
  title: "Gateways",
  says: "Who is connected, what is fanned out, and whether gateways and shards know the same of each other.",
  rows: [players, fanOut, agreement],
});
