/** What is said at the end: every threshold with what was measured, and a verdict. */

type Metric = {
  readonly type: string;
  readonly values: { readonly [stat: string]: number };
  readonly thresholds?: { readonly [condition: string]: { readonly ok: boolean } };
};
type Summary = { readonly metrics: { readonly [name: string]: Metric } };

export function handleSummary({ metrics }: Summary): { readonly [to: string]: string } {
  const ours = Object.entries(metrics).filter(([name]) => name.startsWith(PREFIX));
  const lines = ours
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, metric]) => line(name, metric));
  const failed = ours.flatMap(([name, { thresholds = {} }]) => {
    const broken = Object.entries(thresholds).filter(([, { ok }]) => !ok);
    return broken.map(([condition]) => `${name.slice(PREFIX.length)} ${condition}`);
  });
  const verdict =
    failed.length === 0
      ? "PASS: nothing lost, nothing doubled, one order for all, presence true, every bound kept."
      : `FAIL: ${failed.join(", ")}`;
  const file = __ENV["ROUNDHOUSE_SUMMARY"];
  return {
    stdout: `\n${lines.join("\n")}\n\n${verdict}\n`,
    ...(file ? { [file]: JSON.stringify({ failed, metrics }) } : {}),
  };
}

function line(name: string, metric: Metric): string {
  const { thresholds = {} } = metric;
  const bounds = Object.entries(thresholds).map(([condition, { ok }]) => {
    return ok ? condition : `${condition} BROKEN`;
  });
  return `  ${name.slice(PREFIX.length).padEnd(18)}${measured(metric).padEnd(58)}${bounds.join(", ")}`;
}

function measured({ type, values }: Metric): string {
  if (type === "counter") return String(values["count"] ?? 0);
  if (type === "rate") {
    const { rate = 0, passes = 0, fails = 0 } = values;
    return `${(rate * 100).toFixed(4)} % of ${passes + fails}`;
  }
  if (!values["count"]) return "none";
  const stats = ["med", "p(95)", "p(99)", "max"].map((stat) => {
    return `${stat} ${(values[stat] ?? 0).toFixed(1)} ms`;
  });
  return stats.join(", ");
}

const PREFIX = "roundhouse_";
