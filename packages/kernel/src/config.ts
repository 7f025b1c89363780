/** The config schema: every setting declared once, read once, refused with all problems at once. */
import { readFlags } from "./flags.ts";
import type { Setting } from "./setting.ts";

export { flag, integer, list, oneOf, type Setting, text } from "./setting.ts";

type Declared = Readonly<Record<string, Setting<unknown>>>;
type ConfigFrom<Settings extends Declared> = {
  readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value> ? Value : never;
};

export type Source = "default" | "environment" | "flag";
export type Environment = Readonly<Record<string, string | undefined>>;

export type Parsed<Config> =
  | { readonly ok: true; readonly config: Config; readonly from: ReadonlyMap<string, Source> }
  | {
      readonly ok: false;
      readonly problems: readonly string[];
      /** Some words were no flags at all: the command was misused, whatever the values. */
      readonly misused: boolean;
    };

/** One line of `roundhouse config`, in words. `value` and `from` are there once it was parsed. */
export type ConfigRow = {
  readonly name: string;
  readonly flag: string;
  readonly default: string;
  readonly bounds: string;
  readonly unit: string;
  readonly why: string;
  readonly value?: string;
  readonly from?: Source;
};

export interface Schema<Config> {
  /** A relation between settings that must hold; `says` completes "it must be true that …". */
  rule(says: string, holds: (config: Config) => boolean): Schema<Config>;
  /** What a look at the machine tells, at a file that a setting names: each problem is a sentence. */
  look(problems: (config: Config) => readonly string[]): Schema<Config>;
  /** `flags` are the words after the command: `--http-port 80`, `--http-port=80`. Flags win. */
  parse(environment: Environment, flags?: readonly string[]): Parsed<Config>;
  rows(parsed?: Parsed<Config>): readonly ConfigRow[];
}

export type ConfigOf<Of> = Of extends Schema<infer Config> ? Config : never;

export function schema<Settings extends Declared>(
  settings: Settings,
): Schema<ConfigFrom<Settings>> {
  return build(settings, []);
}

/** `httpPort` → `HTTP_PORT`, and from there → `--http-port`: one name in three spellings. */
const environmentName = (key: string): string =>
  key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
const flagName = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The problems of some values; `facts` says those that were read so far. */
type Rule<Config> = (config: Config, facts: () => string) => readonly string[];

function build<Settings extends Declared>(
  settings: Settings,
  rules: readonly Rule<ConfigFrom<Settings>>[],
): Schema<ConfigFrom<Settings>> {
  return {
    rule: (says, holds) => {
      const rule: Rule<ConfigFrom<Settings>> = (config, facts) =>
        holds(config) ? [] : [`It must be true that ${says}; ${facts()}.`];
      return build(settings, [...rules, rule]);
    },
    look: (problems) => build(settings, [...rules, problems]),
    parse(environment, flags = []) {
      const values = new Map<string, unknown>();
      const from = new Map<string, Source>();
      const bare = new Map(Object.entries(settings).map(([key, it]) => [flagName(key), it.bare]));
      const spoken = readFlags(flags, bare);
      const problems = [...spoken.problems];
      for (const [key, setting] of Object.entries(settings)) {
        const given = choose(key, environment, spoken.given);
        from.set(key, given.from);
        if (given.from === "default") {
          values.set(key, setting.default);
          continue;
        }
        const reading = setting.parse(given.text);
        if (reading.ok) values.set(key, reading.value);
        else problems.push(refusal(given, setting, reading.allowed));
      }
      for (const rule of rules) problems.push(...violations(rule, settings, values));
      const misused = spoken.problems.length > 0;
      if (problems.length > 0) return { ok: false, problems, misused };
      return {
        ok: true,
        config: Object.freeze(Object.fromEntries(values)) as ConfigFrom<Settings>,
        from,
      };
    },
    rows: (parsed) => Object.entries(settings).map(([key, it]) => row(key, it, parsed)),
  };
}

type Given =
  | { readonly from: "default" }
  | { readonly from: "environment" | "flag"; readonly name: string; readonly text: string };

function choose(key: string, environment: Environment, flags: ReadonlyMap<string, string>): Given {
  const spoken = flags.get(flagName(key));
  if (spoken !== undefined) return { from: "flag", name: flagName(key), text: spoken };
  const name = environmentName(key);
  const text = environment[name];
  if (text === undefined || text === "") return { from: "default" }; // Empty counts as unset.
  return { from: "environment", name, text };
}

function refusal(given: Given, setting: Setting<unknown>, allowed: string): string {
  if (given.from === "default") return allowed;
  const shown = setting.secret ? "what was given" : brief(given.text);
  return `${given.name} ${allowed}, not ${shown}.`;
}

/** A rule is asked with an object that notes what it reads, so the problem can name those values.
 * One that reads a refused setting is not judged: that setting's own problem is told already. */
function violations<Settings extends Declared>(
  rule: Rule<ConfigFrom<Settings>>,
  settings: Settings,
  values: ReadonlyMap<string, unknown>,
): readonly string[] {
  const read = new Set<string>();
  const noting = {};
  for (const [key, setting] of Object.entries(settings)) {
    const get = () => {
      read.add(key);
      return values.has(key) ? values.get(key) : setting.default;
    };
    Object.defineProperty(noting, key, { get, enumerable: true });
  }
  const facts = (): string => {
    const shown = [...read].map((key) => {
      const setting = settings[key];
      const value = setting === undefined ? "" : show(setting, values.get(key));
      return `${environmentName(key)} is ${value === "" ? "empty" : value}`;
    });
    return shown.join(", ");
  };
  const found = rule(noting as ConfigFrom<Settings>, facts);
  return [...read].some((key) => !values.has(key)) ? [] : found;
}

function row<Config>(key: string, setting: Setting<unknown>, parsed?: Parsed<Config>): ConfigRow {
  const { defaultSays, bounds, unit, why } = setting;
  const names = { name: environmentName(key), flag: flagName(key) };
  const words = { ...names, default: defaultSays, bounds, unit, why };
  if (parsed?.ok !== true) return words;
  const from = parsed.from.get(key) ?? "default";
  const value = (parsed.config as Readonly<Record<string, unknown>>)[key];
  return { ...words, from, value: from === "default" ? defaultSays : show(setting, value) };
}

function show(setting: Setting<unknown>, value: unknown): string {
  if (setting.secret) return value === "" ? "" : "(set, not shown)";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(",") : String(value);
}

const brief = (text: string): string =>
  JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
const SHOWN_MAX = 60;
