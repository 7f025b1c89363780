/** Metrics by prom-client, which never meets the hot path: plain numbers are read at scrape time. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { type Labelled, ReadHistogram, type Tally } from "./read-histogram.ts";

export type { Tally } from "./read-histogram.ts";

/** A metric that waits for a registry. */
export type Metric = (registry: Registry) => void;

export type Metrics = {
  readonly contentType: string;
  text(): Promise<string>;
};

/** `processMetrics` adds CPU, memory, files, garbage collection and event-loop delay of Node. */
export function registry(metrics: readonly Metric[], { processMetrics = true } = {}): Metrics {
  const own = new Registry();
  for (const metric of metrics) metric(own);
  if (processMetrics)
    collectDefaultMetrics({ register: own, eventLoopMonitoringPrecision: LOOP_MS });
  return { contentType: own.contentType, text: () => own.metrics() };
}

export function counter(name: string, help: string, read: () => number): Metric {
  check(name, TOTAL);
  return (registry) => {
    const metric: Counter = new Counter({ name, help, registers: [registry], collect });
    function collect(): void {
      metric.reset();
      metric.inc(read());
    }
  };
}

/** The label's values come from a fixed, small set: never a user, a room or an address. */
export function counterBy(
  name: string,
  help: string,
  label: string,
  read: Labelled<number>,
): Metric {
  check(name, TOTAL);
  return (registry) => {
    const labelNames = [label];
    const metric: Counter = new Counter({ name, help, labelNames, registers: [registry], collect });
    function collect(): void {
      metric.reset();
      for (const [value, count] of read()) metric.inc({ [label]: value }, count);
    }
  };
}

/** As `counterBy`, with two labels. */
export function counterByPair(
  name: string,
  help: string,
  labelNames: readonly [string, string],
  read: () => Iterable<readonly [string, string, number]>,
): Metric {
  check(name, TOTAL);
  const [one, other] = labelNames;
  return (registry) => {
    const labels = { labelNames: [one, other], registers: [registry] };
    const metric: Counter = new Counter({ name, help, ...labels, collect });
    function collect(): void {
      metric.reset();
      for (const [first, second, count] of read()) {
        metric.inc({ [one]: first, [other]: second }, count);
      }
    }
  };
}

export function gauge(name: string, help: string, read: () => number): Metric {
  check(name, PLAIN);
  return (registry) => {
    const metric: Gauge = new Gauge({ name, help, registers: [registry], collect });
    function collect(): void {
      metric.set(read());
    }
  };
}

export function gaugeBy(name: string, help: string, label: string, read: Labelled<number>): Metric {
  check(name, PLAIN);
  return (registry) => {
    const labelNames = [label];
    const metric: Gauge = new Gauge({ name, help, labelNames, registers: [registry], collect });
    function collect(): void {
      metric.reset();
      for (const [value, number] of read()) metric.set({ [label]: value }, number);
    }
  };
}

/** Facts that never change while the process lives, as labels of the value 1. */
export function info(name: string, help: string, labels: Readonly<Record<string, string>>): Metric {
  check(name, /_info$/);
  return (registry) => {
    const labelNames = Object.keys(labels);
    new Gauge({ name, help, labelNames, registers: [registry] }).set({ ...labels }, 1);
  };
}

export function histogram(
  name: string,
  help: string,
  bounds: readonly number[],
  read: () => Tally,
): Metric {
  check(name, PLAIN);
  const one = { name, help, label: undefined, bounds, read: () => [["", read()] as const] };
  return (registry) => registry.registerMetric(new ReadHistogram(one));
}

export function histogramBy(
  name: string,
  help: string,
  bounds: readonly number[],
  by: { readonly label: string; readonly read: Labelled<Tally> },
): Metric {
  check(name, PLAIN);
  return (registry) => registry.registerMetric(new ReadHistogram({ name, help, bounds, ...by }));
}

/** How often the event loop's delay is measured: each look is a wake-up, so not every 10 ms. */
const LOOP_MS = 50;

/** A name that breaks the convention is a bug of ours, found at the first start. */
function check(name: string, ending: RegExp): void {
  if (/^roundhouse_[a-z][a-z0-9_]*$/.test(name) && ending.test(name)) return;
  throw new Error(`The metric ${name} must begin with roundhouse_ and end as ${ending} says.`);
}

const TOTAL = /_total$/;
/** Seconds and bytes are the units; what prom-client appends itself is not for us to write. */
const PLAIN = /(?<!_(?:total|info|count|sum|bucket|ms|millis|milliseconds|minutes|kb|mb|percent))$/;
