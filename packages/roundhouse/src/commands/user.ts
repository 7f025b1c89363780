/** `roundhouse user …`: accounts, as an operator makes and changes them. */
import { type Asking, ask, askDetails, askFlags } from "./ask.ts";
import { type Command, FAILED, FINE, MISUSED, parseWords, type Terminal } from "./command.ts";
import { visible } from "./table.ts";

const usage = "user add|passwd|ban|unban|export|delete <name> [flags]";

export const user: Command = {
  name: "user",
  usage,
  summary: "make an account, change its password, ban, export or delete it",
  details: `  add      a new account; asks for its password
  passwd   another password; asks for it, logs the user off everywhere, ends tokens of the old one
  ban      logs the user off and lets nobody in by that name; unban undoes it
  export   all that is kept of the account, as JSON
  delete   for good: its friends and rooms are told, the name is free again

  --nickname                   of a new account; its name, if none is given
  --password-stdin             the password is the first line of standard input, for scripts;
                               never a flag's value, which every user of the machine could read
${askDetails}`,
  async run(words, terminal) {
    const parsed = parseWords(words, OPTIONS, { terminal, usage });
    if (parsed === undefined) return MISUSED;
    const { values, positionals } = parsed;
    const [verb = "", name = ""] = positionals;
    const deed = DEEDS.get(verb);
    const problem = misuse(deed, positionals.length, values);
    if (deed === undefined || problem !== undefined) {
      terminal.err(`${problem}\nUsage: roundhouse ${usage}`);
      return MISUSED;
    }
    const given = deed.needsPassword ? await passwordOf(terminal, values) : NO_PASSWORD;
    if (given.exit !== undefined) return given.exit;
    const { password } = given;
    const told = await ask({ terminal, place: values, ...deed.asks(name, password, values) });
    if (!told.ok) return told.exit;
    const isData = values.json === true || deed.says === undefined;
    terminal.out(isData ? JSON.stringify(told.answer) : `${visible(name)} ${deed.says}`);
    return FINE;
  },
};

type Values = {
  readonly nickname?: string | undefined;
  readonly "password-stdin"?: boolean | undefined;
};
type Asked = Omit<Asking, "terminal" | "place">;

type Deed = {
  readonly needsPassword: boolean;
  asks(name: string, password: string, values: Values): Asked;
  /** What is said behind the name when it is done; without it the answer itself is. */
  readonly says: string | undefined;
};

const pathOf = (name: string, rest = ""): string => `/users/${encodeURIComponent(name)}${rest}`;

const DEEDS: ReadonlyMap<string, Deed> = new Map<string, Deed>([
  [
    "add",
    {
      needsPassword: true,
      asks: (name, password, { nickname }) => {
        return { path: "/users", body: { user: name, password, nickname } };
      },
      says: "has an account now: every protocol asks for a proof of the name.",
    },
  ],
  [
    "passwd",
    {
      needsPassword: true,
      asks: (name, password) => ({ path: pathOf(name, "/password"), body: { password } }),
      says: "has another password now, and is logged off everywhere.",
    },
  ],
  ["ban", plain((name) => ({ path: pathOf(name, "/ban"), body: {} }), "is banned.")],
  ["unban", plain((name) => ({ path: pathOf(name, "/unban"), body: {} }), "may log in again.")],
  ["export", plain((name) => ({ path: pathOf(name, "/export") }), undefined)],
  [
    "delete",
    plain((name) => ({ path: pathOf(name), method: "DELETE" }), "has no account any more."),
  ],
]);

function plain(asks: (name: string) => Asked, says: string | undefined): Deed {
  return { needsPassword: false, asks, says };
}

function misuse(deed: Deed | undefined, words: number, values: Values): string | undefined {
  if (deed === undefined) return "Say what to do: add, passwd, ban, unban, export or delete.";
  if (words !== 2) return "Name one user.";
  if (values["password-stdin"] && !deed.needsPassword) return "No password is needed for that.";
  if (values.nickname !== undefined && deed !== DEEDS.get("add")) {
    return "--nickname is of a new account.";
  }
  return undefined;
}

type Given = { readonly password: string; readonly exit?: undefined } | { readonly exit: number };

const NO_PASSWORD: Given = { password: "" };

async function passwordOf({ keyboard, err }: Terminal, values: Values): Promise<Given> {
  if (values["password-stdin"]) {
    const [line = ""] = (await keyboard.all()).split(/\r?\n/);
    return { password: line };
  }
  if (!keyboard.isPerson) {
    err("Give the password at a terminal, or on standard input with --password-stdin.");
    return { exit: MISUSED };
  }
  const once = await keyboard.secret("Password: ");
  const again = once === undefined ? undefined : await keyboard.secret("Once more: ");
  if (once === undefined || again === undefined) return { exit: FAILED };
  if (once === again) return { password: once };
  err("The two differ: nothing was changed.");
  return { exit: FAILED };
}

const OPTIONS = {
  ...askFlags,
  nickname: { type: "string" },
  "password-stdin": { type: "boolean" },
} as const;
