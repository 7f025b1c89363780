/** `roundhouse rooms`: the open rooms of a running node. */
import type { RoomSeen } from "../admin-ports.ts";
import { ask, askDetails, askFlags } from "./ask.ts";
import { type Command, FINE, MISUSED, parseWords } from "./command.ts";
import { table } from "./table.ts";

const usage = "rooms [--limit 100] [flags]";

export const rooms: Command = {
  name: "rooms",
  usage,
  summary: "list the open rooms",
  details: `  --limit                      how many at most, 1..10000 (100)\n${askDetails}`,
  async run(words, terminal) {
    const options = { ...askFlags, limit: { type: "string" } } as const;
    const parsed = parseWords(words, options, { terminal, usage });
    if (parsed === undefined || parsed.positionals.length > 0) {
      if (parsed !== undefined) terminal.err(`Usage: roundhouse ${usage}`);
      return MISUSED;
    }
    const limit = parsed.values.limit ?? "100";
    const path = `/rooms?limit=${encodeURIComponent(limit)}`;
    const told = await ask({ terminal, place: parsed.values, path });
    if (!told.ok) return told.exit;
    if (parsed.values.json) {
      terminal.out(JSON.stringify(told.answer));
      return FINE;
    }
    const { rooms: seen } = told.answer as { readonly rooms: readonly RoomSeen[] };
    const rows = seen.map(({ id, shard, members, seq, owner, created }) => {
      const row = [id, String(members), String(seq), String(shard), owner];
      return [...row, created?.title ?? "", created?.access ?? "", String(created?.members ?? "")];
    });
    terminal.out(rows.length === 0 ? "No room is open." : table(HEAD, rows));
    if (String(rows.length) === limit) terminal.err(`There may be more: --limit ${limit}.`);
    return FINE;
  },
};

/** The last three are of created rooms. */
const HEAD = ["ROOM", "HERE", "EVENTS", "SHARD", "OWNER", "TITLE", "ACCESS", "MEMBERS"];
