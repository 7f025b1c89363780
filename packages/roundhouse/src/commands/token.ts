/** `roundhouse token <user>`: a signed token, alone on standard output, so that scripts can use it. */
import { ask, askDetails, askFlags } from "./ask.ts";
import { type Command, FINE, MISUSED, parseWords, type Terminal } from "./command.ts";

const usage = "token <user> [--protect | --release] [--ttl 24h] [flags]";

export const token: Command = {
  name: "token",
  usage,
  summary: "make a token that lets its holder be a user",
  details: `  Of a name with an account it is good until that has another password; else it proves the name as
  long as it lasts, whatever becomes of that.

  --protect                    register the name: from then on it needs a token, also in AUTH=open
  --release                    the opposite: the name is free again
  --ttl                        how long the token is good: 90s, 15m, 24h, 30d (24h)
${askDetails}`,
  async run(words, terminal) {
    const parsed = parseWords(words, OPTIONS, { terminal, usage });
    if (parsed === undefined) return MISUSED;
    const { values, positionals } = parsed;
    const [user] = positionals;
    const ttlSeconds = secondsOf(values.ttl ?? "24h");
    const problem = misuse(positionals.length, values, ttlSeconds);
    if (user === undefined || problem !== undefined) {
      terminal.err(`${problem}\nUsage: roundhouse ${usage}`);
      return MISUSED;
    }
    const protect = values.protect ? true : values.release ? false : undefined;
    const body = { user, ttlSeconds, protect };
    const told = await ask({ terminal, place: values, path: "/token", body });
    if (!told.ok) return told.exit;
    if (values.json) terminal.out(JSON.stringify(told.answer));
    else hand(terminal, told.answer as { readonly token: string }, protect);
    return FINE;
  },
};

/** Notes go to standard error: standard output is the token and nothing else. */
function hand(terminal: Terminal, answer: { readonly token: string }, protect?: boolean): void {
  terminal.out(answer.token);
  if (protect === true) terminal.err("The name is registered now: it needs a token from now on.");
  if (protect === false) terminal.err("The name is free again.");
}

type Values = { readonly protect?: boolean | undefined; readonly release?: boolean | undefined };

function misuse(names: number, values: Values, ttlSeconds: number | undefined): string | undefined {
  if (names !== 1) return "Name one user.";
  if (ttlSeconds === undefined) return "--ttl is a number and its unit: 90s, 15m, 24h, 30d.";
  if (values.protect && values.release) return "--protect and --release are opposites.";
  return undefined;
}

function secondsOf(ttl: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,9})([smhd])$/.exec(ttl) ?? [];
  const seconds = UNIT_SECONDS.get(unit);
  return seconds === undefined ? undefined : Number(count) * seconds;
}

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3_600],
  ["d", 86_400],
]);
const OPTIONS = {
  ...askFlags,
  protect: { type: "boolean" },
  release: { type: "boolean" },
  ttl: { type: "string" },
} as const;
