/** What is there before anybody is tested: accounts, friendships and rooms, made by the operator and over SCRP. */
import type { House } from "../house.ts";
import { account, befriend, type ScrpClient } from "../scrp/scrp-client.ts";
import type { Account } from "./tongue.ts";

export type Neighbourhood = {
  /** A name that nobody had. */
  name(): string;
  account(): Promise<Account>;
  befriend(one: Account, other: Account): Promise<void>;
  /** A public room of somebody who is away, with these members, who are away, too. */
  room(...members: readonly Account[]): Promise<string>;
  /** Somebody writes to a friend. */
  whisper(from: Account, to: Account, text: string): Promise<void>;
};

export function neighbourhood(inn: House): Neighbourhood {
  let count = 0;
  const name = (): string => `n${++count}`;
  const change = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${inn.server.admin}${path}`, {
      method: "POST",
      headers: { "x-roundhouse": "1", "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const told = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(told)}`);
    return told;
  };
  const visit = async ({ user, password }: Account): Promise<ScrpClient> => {
    const client = await inn.dial();
    await client.get("LOG_IN", account(user, password));
    return client;
  };
  const here: Neighbourhood = {
    name,
    account: async () => {
      const [user, password] = [name(), "correct horse"];
      await change("/users", { user, password });
      const { token } = await change("/token", { user });
      return { user, password, token: String(token) };
    },
    befriend: async (one, other) => {
      const [ana, ben] = [await visit(one), await visit(other)];
      await befriend([ana, one.user], [ben, other.user]);
      for (const client of [ana, ben]) await client.leave();
    },
    room: async (...members) => {
      const room_id = name();
      const owner = await visit(await here.account());
      await owner.get("CREATE_ROOM", { room_id, room_nickname: "a room", room_access: 0 });
      for (const member of members) {
        const client = await visit(member);
        await client.get("ENTER_ROOM", { room_id });
        await client.leave();
        await owner.push("USER_OFFLINE");
      }
      await owner.leave();
      return room_id;
    },
    whisper: async (from, to, message) => {
      const client = await visit(from);
      await client.get("SEND_PRIVATE_MESSAGE", { user_id: to.user, message });
      await client.leave();
    },
  };
  return here;
}
