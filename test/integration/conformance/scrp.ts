/** SCRP for the suite. */
import type { House } from "../house.ts";
import { account, framed, type Message, type ScrpClient } from "../scrp/scrp-client.ts";
import type { Person, Tongue } from "./tongue.ts";

export const scrp: Tongue = {
  name: "SCRP",
  arrive: async (inn, { user, password }) => {
    const client = await inn.dial();
    await client.get("LOG_IN", account(user, password));
    await client.roundTrip(); // What was kept stands before this answer.
    return person(client, user);
  },
  arriveAsGuest: (inn, user) => scrp.arrive(inn, { user, password: "no password", token: "" }),
  intrude: async (inn: House, user: string) => {
    const { err } = await (await inn.dial()).ask("LOG_IN", account(user, "not the password"));
    return err === 403 ? "refused" : "in";
  },
};

function person(client: ScrpClient, user: string): Person {
  const own: Message[] = [];
  const of = (room: string): readonly Message[] => {
    return client.pushes().filter(({ room_id }) => room_id === room);
  };
  return {
    user,
    sit: async (room_id) => {
      const { err } = await client.ask("ENTER_ROOM", { room_id });
      return err === 900 ? "in" : String(err);
    },
    rise: async (room_id) => {
      await client.get("REMOVE_USER_FROM_ROOM", { subject_user_id: user, room_id });
    },
    say: async (room_id, message) => {
      const { message_id } = await client.get("SEND_ROOM_MESSAGE", { room_id, message });
      own.push({ message_id, sender_id: user, room_id, message });
    },
    watch: () => Promise.resolve(), // Friends are watched by themselves.
    talkNonsense: async () => {
      for (const nonsense of ["hello", "[1]", '{"req_id":77,"method":"DANCE"}']) {
        const before = client.heard.length;
        client.write(framed(nonsense));
        const answer = await client.until(() => {
          return client.heard.slice(before).find((it) => "resp_id" in it);
        }, "an answer to nonsense");
        if (answer["err"] !== 233) throw new Error(`${nonsense}: ${JSON.stringify(answer)}`);
      }
    },
    transitions: (friend) => {
      return client.pushes().flatMap(({ method, user_id }) => {
        if (user_id !== friend) return [];
        if (method === "USER_ONLINE") return ["online"];
        return method === "USER_OFFLINE" ? ["offline"] : [];
      });
    },
    comings: (room) => {
      return of(room).flatMap(({ method, user_id }) => {
        if (method === "USER_ENTER_ROOM") return [`+${user_id}`];
        return method === "USER_LEAVE_ROOM" ? [`-${user_id}`] : [];
      });
    },
    words: (room) => {
      // Who speaks is not pushed what it said: the number in its answer says where that stands.
      const words = of(room).filter(({ method }) => method === "NEW_ROOM_MESSAGE");
      for (const word of own.filter(({ room_id }) => room_id === room)) {
        const at = words.findIndex(
          ({ message_id }) => Number(message_id) > Number(word["message_id"]),
        );
        words.splice(at < 0 ? words.length : at, 0, word);
      }
      return words.map(({ sender_id, message }) => `${sender_id}: ${message}`);
    },
    refusals: () =>
      client.heard.filter(({ err }) => Number(err) < 900).map(({ err }) => String(err)),
    whispers: () => client.pushes("NEW_PRIVATE_MESSAGE").map(({ message }) => String(message)),
    until: (look, what) => client.until(look, what),
    isOver: () => client.isEnded,
    sleep: () => client.pause(),
    wake: () => client.resume(),
    leave: () => client.leave(),
  };
}
