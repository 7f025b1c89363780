// The bus: what nodes ask of Redis, how long it takes, and what gets lost on the way.
import {
  increase,
  max,
  mean,
  orZero,
  perSecond,
  perSecondBy,
  quantiles,
  rate,
  sum,
  total,
  totalBy,
} from "./dashboards-ask.mjs";
import { board, graph, stat } from "./dashboards-board.mjs";

const health = {
  title: "Is it sound?",
  panels: [
    [
      stat({
        title: "Nodes without Redis",
        says: "To which Redis does not answer, or whose ear hears nothing.",
        unit: "short",
        ask: [sum("(1 - roundhouse_redis_sound)", "nodes")],
        steps: { 1: "red" },
      }),
      stat({
        title: "Appends refused: memory",
        says: "In the last hour, since Redis' memory is full (maxmemory).",
        unit: "short",
        ask: [sum("increase(roundhouse_redis_out_of_memory_total[1h])", "appends")],
        steps: { 1: "red" },
      }),
      stat({
        title: "Round trips unanswered",
        says: "Pings through an inbox that no frame answered, of those of the last 5 minutes.",
        unit: "percentunit",
        ask: [
          {
            expr: `${total('increase(roundhouse_round_trips_total{outcome="unanswered"}[5m])')} / ${total("increase(roundhouse_round_trips_total[5m])")}`,
            legend: "unanswered",
          },
        ],
        steps: { 0.05: "red" },
      }),
      stat({
        title: "Calls a second",
        says: "Steps that all nodes ask of Redis.",
        unit: "ops",
        ask: [perSecond("roundhouse_redis_calls_total", "calls")],
      }),
    ],
  ],
};

const calls = {
  title: "What is asked of it?",
  panels: [
    [
      graph({
        title: "Calls by step",
        says: "append: what players said; commit: what an owner decided; read and holder: looks of owners.",
        unit: "ops",
        ask: [
          {
            expr: `${totalBy("step", rate("roundhouse_redis_calls_total"))} > 0`,
            legend: "{{step}}",
          },
        ],
      }),
      graph({
        title: "Time of an append and of a commit",
        says: "From asking Redis to its answer, as the node sees it: its own event loop is part of it.",
        unit: "s",
        ask: quantiles("roundhouse_redis_seconds", { by: "step" }),
        steps: { 0.1: "orange" },
      }),
      graph({
        title: "Batches on their way in",
        says: "Commands that wait at the node that says them, and how long the oldest batch has been on its way.",
        unit: "short",
        ask: [
          sum("roundhouse_append_queue_commands", "commands"),
          max("roundhouse_append_queue_age_seconds", "seconds"),
        ],
      }),
      graph({
        title: "Commands in an append",
        says: "What a node says to a shard while one append is on its way leaves with the next.",
        unit: "short",
        ask: [mean("roundhouse_append_batch_commands")],
      }),
    ],
    [
      graph({
        title: "Frames",
        says: "Published by commits, and heard by nodes in their order.",
        unit: "ops",
        ask: [
          perSecond("roundhouse_frames_published_total", "published"),
          perSecond("roundhouse_frames_total", "heard"),
        ],
      }),
      graph({
        title: "Frames lost on the way",
        says: "Pub/sub may lose: holes that were mended from the history, frames that it brought back, holes that it did not reach.",
        unit: "short",
        ask: [
          orZero(increase("roundhouse_frame_repairs_total", "holes mended")),
          increase("roundhouse_frames_refilled_total", "frames brought back"),
          increase("roundhouse_frames_missed_total", "holes for good"),
          increase("roundhouse_frames_doubled_total", "heard twice"),
        ],
        steps: { 100: "orange" },
      }),
      graph({
        title: "Appends",
        says: "From sending a batch to knowing that the inbox has it, repetitions included.",
        unit: "s",
        ask: quantiles("roundhouse_append_seconds"),
      }),
      graph({
        title: "What leases had left when they were renewed",
        says: "The lowest hundredth: near 5 s is well, 2 s is when a node stops serving.",
        unit: "s",
        ask: [
          {
            expr: `histogram_quantile(0.01, ${totalBy("le", "rate(roundhouse_lease_renewal_margin_seconds_bucket[5m])")})`,
            legend: "p1",
          },
        ],
      }),
    ],
  ],
};

const trouble = {
  title: "What went wrong?",
  panels: [
    [
      graph({
        title: "Answers that did not come",
        says: "Steps whose outcome is unknown, by step: asked again, and done once.",
        unit: "ops",
        ask: [perSecondBy("step", "roundhouse_redis_unknown_total")],
      }),
      graph({
        title: "Connections to Redis",
        says: "Lost ones that came back, deaf ears that got a new one, probes that were not heard, times something may have been missed.",
        unit: "short",
        ask: [
          increase("roundhouse_redis_reconnections_total", "came back"),
          increase("roundhouse_redis_deaf_recycles_total", "deaf"),
          increase("roundhouse_redis_probes_missed_total", "probes missed"),
          increase("roundhouse_redis_interruptions_total", "interruptions"),
        ],
      }),
      graph({
        title: "Sent again",
        says: "Appends and commits without an answer, appends that found their inbox full.",
        unit: "short",
        ask: [
          increase("roundhouse_append_unknown_total", "appends"),
          increase("roundhouse_append_full_total", "inbox full"),
          increase("roundhouse_commits_unknown_total", "commits"),
          increase("roundhouse_inbox_refused_total", "given up: refused"),
        ],
      }),
      graph({
        title: "Changes of Redis",
        says: "Another primary serves a part of it, a command was sent on, or a Redis lacked our functions (it is new, or was flushed).",
        unit: "short",
        ask: [
          increase("roundhouse_redis_topology_changes_total", "topology"),
          increase("roundhouse_redis_redirections_total", "sent on"),
          increase("roundhouse_redis_functions_loaded_total", "functions loaded"),
        ],
      }),
    ],
  ],
};

export const redis = board({
  uid: "roundhouse-redis",
  title: "Redis bus",
  says: "What nodes ask of Redis, how long it takes, and what gets lost on the way and is mended.",
  rows: [health, calls, trouble],
});
