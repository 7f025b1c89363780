// With real sockets: what a peer is told that has ended its connection, or is ending it.
import type { Command } from "@roundhouse/domain";
import type { SessionId, UserId } from "@roundhouse/kernel";
import { type LineClient, StreamHouse } from "@roundhouse/testkit";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

let house: StreamHouse;
let client: LineClient;

beforeEach(async () => {
  house = await StreamHouse.open();
  client = await house.enter();
  client.says({ to: "identify", attach: { user: "ana", means: "account" } });
  await until(() => expect(house.asked).toHaveLength(1));
  const about = { nickname: "", description: "", friends: [], rooms: [], turn: 1 };
  const account = { born: 7, ...about };
  tell({ on: "attached", user: "ana" as UserId, resumed: undefined, account });
  await until(() => expect(client.heard).toHaveLength(1));
});
afterEach(() => house.close());

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
type Item = Parameters<StreamHouse["tell"]>[0];
const tell = (told: Extract<Item, { to: "session" }>["told"]): void => {
  const [asked] = house.asked;
  if (asked?.on === "attach") house.tell({ to: "session", session: sessionOf(asked), told });
};
const sessionOf = ({ session }: { readonly session: SessionId }): SessionId => session;
/** The notice of this number. */
const whisper = (id: number): void => {
  const notice = { on: "whispered", id, at: 0, from: "ben" as UserId, text: `${id}` } as const;
  tell({ on: "notices", notices: [notice], kept: false, until: id + 1 });
};
const ends = async () => {
  const isDetach = (it: Command) => it.on === "detach";
  await until(() => expect(house.asked.some(isDetach)).toBe(true));
  const end = house.asked.find(isDetach) as Extract<Command, { on: "detach" }>;
  return { how: end.how, got: end.got };
};
/** The gateway has read the end of what the peer says. */
async function hangsUp(end: () => void): Promise<void> {
  const ending = vi.spyOn(house.gateway, "ending");
  end();
  await until(() => expect(ending).toHaveBeenCalled());
}

it("who has said its last word is told the rest, but has not surely got it", async () => {
  whisper(1);
  await until(() => expect(client.heard).toHaveLength(2));
  await hangsUp(() => client.socket.end());
  whisper(2);
  expect(await ends()).toEqual({ how: "left", got: 2 });
  await until(() => expect(client.heard).toHaveLength(3));
});

it("who is gone altogether, as it shows when it is told something, is lost", async () => {
  whisper(1);
  await until(() => expect(client.heard).toHaveLength(2));
  await hangsUp(() => client.socket.destroy());
  // The first makes the other kernel say that nobody is there; the second meets that.
  let id = 1;
  await until(() => {
    if (house.gateway.connections > 0) whisper(++id);
    expect(house.gateway.connections).toBe(0);
  });
  expect(await ends()).toEqual({ how: "lost", got: 0 });
});
