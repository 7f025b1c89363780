/** What must be true at the end of every run, and what each scenario adds. A run that did nothing fails. */
import type { Options } from "k6/options";
import type { Settings } from "./settings.ts";

export type Bounds = {
  /** Counts that must be reached: k6 lets rates and trends pass that have no samples. */
  readonly atLeast: { readonly [metric: string]: number };
  /** Ms that 99 of 100 must stay below. */
  readonly p99Ms: { readonly [metric: string]: number };
};

/** One iteration for each VU, as long as the scenario takes. */
export function optionsOf(scenario: string, settings: Settings, bounds: Bounds): Options {
  const { durationMs, vus, run } = settings;
  const seconds = Math.ceil(durationMs / 1_000 + SLACK_SECONDS * settings.patience);
  return {
    scenarios: {
      [scenario]: {
        executor: "per-vu-iterations",
        exec: "run",
        vus,
        iterations: 1,
        maxDuration: `${seconds}s`,
        gracefulStop: "5s",
      },
    },
    thresholds: { ...always(settings), ...counted(settings, bounds), ...timed(settings, bounds) },
    tags: { testid: run },
    summaryTrendStats: ["min", "med", "p(95)", "p(99)", "max", "count"],
  };
}

/** How many actions are surely said when rooms are spoken in at the rate: half of what is meant. */
export function actionsAtLeast({ clients, durationMs, rate, roomSize }: Settings): number {
  const rooms = Math.max(1, Math.floor(clients / roomSize));
  return Math.max(1, Math.floor((rooms * rate * durationMs) / 1_000 / 2));
}

type Thresholds = { readonly [metric: string]: string[] };

function always({ clients, vus, mayClose, runners }: Settings): Thresholds {
  const share = (count: number): string[] => [`count>=${Math.max(1, Math.floor(count / runners))}`];
  return {
    roundhouse_finished: share(vus),
    roundhouse_clients: share(clients),
    roundhouse_routed: share(vus),
    roundhouse_intact: ["rate>=1"],
    ...Object.fromEntries(NEVER.map((name) => [`roundhouse_${name}`, ["count==0"]])),
    ...(mayClose ? {} : { roundhouse_closed: ["count==0"] }),
  };
}

function counted({ runners }: Settings, { atLeast }: Bounds): Thresholds {
  const entries = Object.entries(atLeast).map(([metric, count]) => {
    return [`roundhouse_${metric}`, [`count>=${Math.max(1, Math.floor(count / runners))}`]];
  });
  return Object.fromEntries(entries);
}

function timed({ patience }: Settings, { p99Ms }: Bounds): Thresholds {
  const entries = Object.entries(p99Ms).map(([metric, ms]) => {
    return [`roundhouse_${metric}`, [`p(99)<${ms * patience}`]];
  });
  return Object.fromEntries(entries);
}

const NEVER = [
  "lost",
  "doubled",
  "reordered",
  "refused",
  "gaps",
  "seats_lost",
  "presence_wrong",
  "misrouted",
];
/** For coming, settling and leaving. */
const SLACK_SECONDS = 60;
