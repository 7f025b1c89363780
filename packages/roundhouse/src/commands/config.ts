/** `roundhouse config`: every setting, with the value in force here and where it came from. */
import type { ConfigRow } from "@roundhouse/kernel";
import { settings } from "../settings.ts";
import { type Command, FAILED, FINE, MISUSED, tell } from "./command.ts";

export const config: Command = {
  name: "config",
  usage: "config [--json | --markdown] [flags]",
  summary: "print every setting: name, default, bounds, unit, reason",
  details: `  --json                       as JSON, for programs
  --markdown                   as a Markdown table, for documents: defaults only
  --http-port …                any setting's flag, to see what start would make of it`,
  async run(words, terminal) {
    const forms = words.filter((word) => FORMS.has(word));
    if (forms.length > 1) {
      terminal.err("Choose --json or --markdown.");
      return MISUSED;
    }
    const flags = words.filter((word) => !FORMS.has(word));
    const parsed = settings.parse(terminal.environment, flags);
    const [form] = forms;
    if (form === "--markdown") terminal.out(markdown(settings.rows()));
    else if (form === "--json") terminal.out(JSON.stringify(settings.rows(parsed), null, 2));
    else terminal.out(settings.rows(parsed).map(paragraph).join("\n\n"));
    if (parsed.ok) return FINE;
    terminal.err("");
    tell(terminal, "With these settings a node would not start:", parsed.problems);
    return parsed.misused ? MISUSED : FAILED;
  },
};

function paragraph(row: ConfigRow): string {
  const value = row.value === undefined ? row.default : row.value;
  const isGiven = row.from === "environment" || row.from === "flag";
  const from = isGiven ? `   (by ${SOURCES[row.from]}; default: ${row.default || "empty"})` : "";
  const unit = row.unit === "" ? "" : ` (${row.unit})`;
  return [
    `${row.name} = ${value}${from}`,
    `    ${row.flag}; ${row.bounds}${unit}`,
    `    ${row.why}`,
  ].join("\n");
}

function markdown(rows: readonly ConfigRow[]): string {
  const lines = rows.map(({ name, default: byDefault, bounds, unit, why }) => {
    return `| \`${name}\` | ${byDefault} | ${bounds} | ${unit} | ${why} |`;
  });
  return ["| setting | default | bounds | unit | why |", "|---|---|---|---|---|", ...lines].join(
    "\n",
  );
}

const SOURCES = { environment: "the environment", flag: "a flag" } as const;
const FORMS: ReadonlySet<string> = new Set(["--json", "--markdown"]);
