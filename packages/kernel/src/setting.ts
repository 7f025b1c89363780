/** One setting of the config schema: its kind, its default, what it allows and why it exists. */

/** What a kind makes of a given text: a value, or the sentence part that says what is allowed. */
export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly allowed: string };

export interface Setting<Value> {
  readonly default: Value;
  /** The default in words, where the bare value would say nothing ("the host's name"). */
  readonly defaultSays: string;
  /** What is allowed, in words: "1..4096", "open or token". */
  readonly bounds: string;
  /** Empty where the value is not a measure. */
  readonly unit: string;
  readonly why: string;
  /** A secret's value is never printed: not in a table, not in a problem, not in a log. */
  readonly secret: boolean;
  /** True when the bare flag (`--trust-forwarded-for`) already says yes. */
  readonly bare: boolean;
  parse(given: string): Reading<Value>;
}

type IntegerOptions = {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly why: string;
  /** What zero stands for, when it is not simply a small number ("no limit"). */
  readonly zeroMeans?: string;
};

export function integer(options: IntegerOptions): Setting<number> {
  const { min, max, unit, why, zeroMeans } = options;
  const bounds = `${min}..${max}${zeroMeans === undefined ? "" : `, 0 = ${zeroMeans}`}`;
  return {
    ...plain(String(options.default), bounds, why),
    default: options.default,
    unit,
    parse(given) {
      const value = INTEGER.test(given.trim()) ? Number(given) : Number.NaN;
      if (value >= min && value <= max) return { ok: true, value };
      return { ok: false, allowed: `must be a whole number, ${bounds} (${unit})` };
    },
  };
}

type TextOptions = {
  readonly default: string;
  readonly why: string;
  readonly secret?: boolean;
  readonly defaultSays?: string;
  /** What is allowed, in words, and the check behind the words. The default needs no check. */
  readonly bounds?: string;
  readonly accepts?: (text: string) => boolean;
};

/** Text is trimmed, a secret is taken byte for byte: its other holder has the same bytes. */
export function text(options: TextOptions): Setting<string> {
  const { why, secret = false, bounds = "any text", accepts = () => true } = options;
  return {
    ...plain(options.defaultSays ?? options.default, bounds, why),
    default: options.default,
    secret,
    parse(given) {
      const value = secret ? given : given.trim();
      if (value === options.default || accepts(value)) return { ok: true, value };
      return { ok: false, allowed: `must be ${bounds}` };
    },
  };
}

type ChoiceOptions<Choice extends string> = {
  readonly default: NoInfer<Choice>;
  readonly why: string;
};

export function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  options: ChoiceOptions<Choice>,
): Setting<Choice> {
  const bounds = inWords(choices);
  return {
    ...plain(options.default, bounds, options.why),
    default: options.default,
    parse(given) {
      const value = choices.find((choice) => choice === given.trim().toLowerCase());
      if (value !== undefined) return { ok: true, value };
      return { ok: false, allowed: `must be ${bounds}` };
    },
  };
}

export function flag(options: {
  readonly default: boolean;
  readonly why: string;
}): Setting<boolean> {
  return {
    ...plain(options.default ? "yes" : "no", "yes or no", options.why),
    default: options.default,
    bare: true,
    parse(given) {
      const value = TRUTHS.get(given.trim().toLowerCase());
      if (value !== undefined) return { ok: true, value };
      return { ok: false, allowed: "must be yes or no (also true, false, on, off, 1, 0)" };
    },
  };
}

type ListOptions = Omit<TextOptions, "default" | "secret"> & {
  readonly default: readonly string[];
};

/** Several texts with commas between them. */
export function list(options: ListOptions): Setting<readonly string[]> {
  const { bounds = "texts", accepts = () => true } = options;
  const words = `${bounds}, with commas between`;
  return {
    ...plain(options.defaultSays ?? options.default.join(","), words, options.why),
    default: Object.freeze([...options.default]),
    parse(given) {
      const items = given.split(",").map((item) => item.trim());
      const value = Object.freeze(items.filter((item) => item !== ""));
      const bad = value.find((item) => !accepts(item));
      if (bad === undefined) return { ok: true, value };
      return { ok: false, allowed: `must be ${words} (${JSON.stringify(bad)} is not)` };
    },
  };
}

const plain = (defaultSays: string, bounds: string, why: string) => {
  return { defaultSays, bounds, why, unit: "", secret: false, bare: false };
};

const inWords = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

const INTEGER = /^-?\d{1,15}$/;
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["true", true],
  ["on", true],
  ["1", true],
  ["no", false],
  ["false", false],
  ["off", false],
  ["0", false],
]);
