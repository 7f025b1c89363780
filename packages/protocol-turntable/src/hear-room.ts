/** What a connection asks for by what it says of created rooms. */
import type { Born } from "@roundhouse/domain";
import type { Numbered, OfRoom } from "./account-said.ts";
import type { Live, Out } from "./state.ts";

export function hearOfRoom({ id: session, user }: Live, born: Born, said: Numbered<OfRoom>): Out {
  const { channel: room, request } = said;
  const mine = { room, user, born, session, request };
  switch (said.command) {
    case "create": {
      const { title, access, password } = said;
      const create = { room, user, born, title, access };
      return { to: "errand", errand: { on: "create", create, password }, request };
    }
    case "enter": {
      const enter = { room, user, born };
      return { to: "errand", errand: { on: "enter", enter, password: said.password }, request };
    }
    case "adjust": {
      const { changes, password } = said;
      const adjust = { room, user, born, changes };
      return { to: "errand", errand: { on: "adjust", adjust, password }, request };
    }
    case "remove":
      return { to: "charter", command: { on: "removeMember", ...mine, subject: said.user } };
    case "ban":
      return {
        to: "charter",
        command: { on: "bar", ...mine, subject: said.user, isBarred: said.isSo },
      };
    case "admin":
      return {
        to: "charter",
        command: { on: "setAdmin", ...mine, subject: said.user, isAdmin: said.isSo },
      };
    case "dissolve":
      return { to: "charter", command: { on: "removeRoom", ...mine } };
  }
}
