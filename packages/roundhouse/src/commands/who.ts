/** `roundhouse who <user>`: one user as the cluster sees it. */
import type { UserSeen } from "../admin-ports.ts";
import { ask, askDetails, askFlags } from "./ask.ts";
import { type Command, FINE, MISUSED, parseWords } from "./command.ts";
import { table, visible } from "./table.ts";

const usage = "who <user> [flags]";

export const who: Command = {
  name: "who",
  usage,
  summary: "show a user's status, sessions and rooms",
  details: askDetails,
  async run(words, terminal) {
    const parsed = parseWords(words, askFlags, { terminal, usage });
    const [user] = parsed?.positionals ?? [];
    if (parsed === undefined || user === undefined || parsed.positionals.length > 1) {
      if (parsed !== undefined) terminal.err(`Usage: roundhouse ${usage}`);
      return MISUSED;
    }
    const path = `/who?user=${encodeURIComponent(user)}`;
    const told = await ask({ terminal, place: parsed.values, path });
    if (!told.ok) return told.exit;
    terminal.out(parsed.values.json ? JSON.stringify(told.answer) : portrait(told.answer));
    return FINE;
  },
};

function portrait(answer: unknown): string {
  const {
    user,
    shard,
    status,
    sessions,
    rooms,
    protected: registered,
    account,
    invites,
  } = answer as UserSeen;
  const facts = table(
    ["USER", user],
    [
      ["STATUS", status],
      ["SHARD", String(shard)],
      ["NAME", nameOf(registered, account)],
      ["ROOMS", rooms.length === 0 ? "none" : rooms.map(visible).join(", ")],
      ["INVITES", `${invites} waiting`],
    ],
  );
  const rows = sessions.map(({ id, gateway, since, connected }) => {
    return [id, gateway, new Date(since).toISOString(), connected ? "yes" : "may resume"];
  });
  return rows.length === 0 ? facts : `${facts}\n\n${table(HEAD, rows)}`;
}

function nameOf(isRegistered: boolean, account: UserSeen["account"]): string {
  if (account !== undefined) {
    const { nickname, isBanned, friends, rooms, mail } = account;
    const ban = isBanned ? ", banned" : "";
    return `an account${ban}: ${visible(nickname)}, ${friends} friends, member of ${rooms} rooms, ${mail} notices wait`;
  }
  return isRegistered ? "registered: it needs a token" : "free: anyone may use it in AUTH=open";
}

const HEAD = ["SESSION", "GATEWAY", "SINCE", "CONNECTED"];
