/** Reads command-line flags against a known set of names; what it cannot read it says, all of it. */

export type Flags = {
  readonly given: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
};

/** `known` maps a flag (`--http-port`) to whether it may stand alone and then says "yes". */
export function readFlags(words: readonly string[], known: ReadonlyMap<string, boolean>): Flags {
  const given = new Map<string, string>();
  const problems: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const [name, inline] = split(word);
    const bare = known.get(name);
    const next = words[at + 1];
    const takesNext = inline === undefined && next !== undefined && !FLAG.test(next);
    if (bare === undefined) {
      problems.push(unknown(word, name, known));
      if (takesNext && name.startsWith("--")) at += 1; // Its value is not a second problem.
      continue;
    }
    const alone = inline === undefined && bare;
    if (takesNext && !bare) at += 1;
    if (given.has(name)) problems.push(`${name} is given twice.`);
    if (alone) given.set(name, "yes");
    else if (inline !== undefined) given.set(name, inline);
    else if (takesNext) given.set(name, next);
    else problems.push(`${name} needs a value: ${name}=… .`);
  }
  return { given, problems };
}

function split(word: string): readonly [string, string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function unknown(word: string, name: string, known: ReadonlyMap<string, boolean>): string {
  if (!word.startsWith("-")) return `${JSON.stringify(word.slice(0, 60))} is not a flag.`;
  const near = [...known.keys()].find((it) => distance(it, name) <= NEAR_MAX);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  return `${name.slice(0, 60)} is not a setting.${hint}`;
}

/** How many letters must be added, dropped or changed to make one word of the other. */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > NEAR_MAX) return NEAR_MAX + 1;
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const swap = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      line.push(Math.min(swap, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}

const NEAR_MAX = 2;
const FLAG = /^--[a-z]/; // Not a PEM, which begins with dashes too.
