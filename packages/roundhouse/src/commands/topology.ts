/** `roundhouse topology`: which address serves which shards. */
import { ask, askDetails, askFlags } from "./ask.ts";
import { type Command, FINE, MISUSED, parseWords } from "./command.ts";
import { table } from "./table.ts";

type Topology = { readonly k: number; readonly shards: readonly string[] };

const usage = "topology [flags]";

export const topology: Command = {
  name: "topology",
  usage,
  summary: "show which address serves which shards",
  details: askDetails,
  async run(words, terminal) {
    const parsed = parseWords(words, askFlags, { terminal, usage });
    if (parsed === undefined || parsed.positionals.length > 0) {
      if (parsed !== undefined) terminal.err(`Usage: roundhouse ${usage}`);
      return MISUSED;
    }
    const told = await ask({ terminal, place: parsed.values, path: "/topology" });
    if (!told.ok) return told.exit;
    if (parsed.values.json) {
      terminal.out(JSON.stringify(told.answer));
      return FINE;
    }
    const { k, shards } = told.answer as Topology;
    terminal.out(`An id's shard is Abs(Crc32(Id)) % ${k}.\n`);
    terminal.out(table(["SHARDS", "ADDRESS"], runs(shards)));
    return FINE;
  },
};

/** Neighbours with one address share a line: `0..63`. */
function runs(addresses: readonly string[]): readonly (readonly [string, string])[] {
  const found: { from: number; to: number; readonly address: string }[] = [];
  addresses.forEach((address, shard) => {
    const last = found.at(-1);
    if (last?.address === address) last.to = shard;
    else found.push({ from: shard, to: shard, address });
  });
  return found.map(({ from, to, address }) => [
    from === to ? `${from}` : `${from}..${to}`,
    address,
  ]);
}
