/** What clients wish: mostly to play. */
import type { RoomId } from "@roundhouse/kernel";
import type { Client } from "./client.ts";
import type { Deed } from "./deed.ts";
import type { Town } from "./town.ts";

export function wishes({ clients, dice, rooms, users }: Town): readonly Deed[] {
  const some = (): readonly string[] => users.filter(() => dice.happens(0.4));
  /** Somebody who has said a name; whoever is drawn and is not here comes. */
  const somebody = (act: (client: Client) => void) => (): void => {
    const client = dice.pick(clients);
    if (client.isNamed) return act(client);
    client.isEager = true;
    if (!client.isConnected) client.connect();
  };
  /** Somebody who sits somewhere, or sits down. */
  const member = (act: (client: Client, room: RoomId) => void) => {
    return somebody((client) => {
      const sits = [...client.stays.keys()];
      if (sits.length > 0) act(client, dice.pick(sits));
      else client.joins(dice.pick(rooms), []);
    });
  };
  const joins = (client: Client): void => {
    client.joins(dice.pick(rooms), dice.happens(0.2) ? some() : []);
  };
  return [
    { weight: 30, run: member((client, room) => client.acts(room)) },
    { weight: 14, run: somebody(joins) },
    { weight: 4, run: member((client, room) => client.leaves(room)) },
    { weight: 3, run: member((client, room) => client.invites(room, dice.pick(users))) },
    { weight: 3, run: somebody((client) => client.is(dice.happens(0.5))) },
    { weight: 5, run: somebody((client) => client.watches(some())) },
    { weight: 1, run: somebody((client) => client.unwatches(dice.pick(users))) },
    { weight: 2, run: somebody((client) => client.goes()) },
    { weight: 3, run: somebody((client) => client.drops()) },
    { weight: 3, run: somebody((client) => client.abandons()) },
  ];
}
