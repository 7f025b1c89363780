/** A histogram that is read: prom-client's own only observes, one value at a time. */
import { Histogram } from "prom-client";

/** What hot code counts: per bound, how many values fell into it and into none before it. */
export type Tally = {
  readonly counts: ArrayLike<number>;
  readonly sum: number;
  readonly count: number;
};

/** Its keys come from a fixed, small set. */
export type Labelled<Value> = () => Iterable<readonly [string, Value]>;

export type ReadOptions = {
  readonly name: string;
  readonly help: string;
  readonly bounds: readonly number[];
  readonly label: string | undefined;
  readonly read: Labelled<Tally>;
};

type Sample = {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
};

export class ReadHistogram extends Histogram {
  readonly #options: ReadOptions;

  constructor(options: ReadOptions) {
    super({ name: options.name, help: options.help, buckets: [...options.bounds], registers: [] });
    this.#options = options;
  }

  /** Where prom-client takes the values from, for text and for JSON alike. It is not in its types:
   * a test holds it to it. */
  async getForPromString() {
    const values = [...this.#options.read()].flatMap(([label, tally]) =>
      this.#samples(label, tally),
    );
    const { name, help } = this.#options;
    return { name, help, type: "histogram", aggregator: "sum", values };
  }

  #samples(labelValue: string, tally: Tally): Sample[] {
    const { name, bounds, label } = this.#options;
    const labels = label === undefined ? {} : { [label]: labelValue };
    let below = 0;
    const buckets = bounds.map((le, index) => {
      below += tally.counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below };
    });
    return [
      ...buckets,
      { metricName: `${name}_bucket`, labels: { ...labels, le: "+Inf" }, value: tally.count },
      { metricName: `${name}_sum`, labels, value: tally.sum },
      { metricName: `${name}_count`, labels, value: tally.count },
    ];
  }
}
