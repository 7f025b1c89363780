/** What residents wish: friends, rooms of their own, letters; and now and then an end. */
import type { HowAnswered } from "@roundhouse/domain";
import type { RoomId } from "@roundhouse/kernel";
import type { Deed } from "./deed.ts";
import type { Resident } from "./resident.ts";
import type { Town } from "./town.ts";

export function residence(town: Town): readonly Deed[] {
  const { residents, dice } = town;
  /** Somebody who is logged in; whoever is drawn and is not may come. */
  const somebody = (act: (resident: Resident) => void) => (): void => {
    const resident = dice.pick(residents);
    if (resident.isHere) act(resident);
    else if (dice.happens(0.4)) resident.comes();
  };
  return [...friendly(town, somebody), ...homely(town, somebody), ...restless(somebody)];
}

type Somebody = (act: (resident: Resident) => void) => () => void;

function friendly({ residents, dice }: Town, somebody: Somebody): readonly Deed[] {
  const other = () => dice.pick(residents).user;
  const friendOf = ({ known: { friends } }: Resident) =>
    friends.size > 0 && dice.happens(0.9) ? dice.pick([...friends]) : other();
  const asksFriend = (it: Resident): void => {
    const friend = other();
    it.asks(it.user, (self) => ({ on: "askFriend", ...self, friend, text: "" }));
  };
  const answers = (it: Resident): void => {
    if (it.known.requests.size === 0) return;
    const [id, room] = dice.pick([...it.known.requests]);
    const how: HowAnswered = dice.pick(["approve", "approve", "approve", "reject", "ignore"]);
    it.known.requests.delete(id);
    if (room === undefined) it.asks(it.user, (self) => ({ on: "answerFriend", ...self, id, how }));
    else it.asks(room, (self) => ({ on: "answerEntry", ...self, born: it.born, room, id, how }));
  };
  const unfriends = (it: Resident): void => {
    it.removes(friendOf(it));
  };
  const whispers = (it: Resident): void => {
    if (it.known.friends.size > 0 || dice.happens(0.1)) it.whispers(friendOf(it));
    else asksFriend(it);
  };
  return [
    { weight: 10, run: somebody(asksFriend) },
    { weight: 14, run: somebody(answers) },
    { weight: 3, run: somebody(unfriends) },
    { weight: 14, run: somebody(whispers) },
    { weight: 2, run: somebody((it) => it.asks(it.user, (self) => ({ on: "mail", ...self }))) },
  ];
}

function homely({ residents, halls, dice }: Town, somebody: Somebody): readonly Deed[] {
  const inHall = (act: (it: Resident, room: RoomId) => void) => {
    return somebody((it) => act(it, dice.pick(halls)));
  };
  const address = "somewhere";
  return [
    {
      weight: 5,
      run: inHall((it, room) => {
        const access = dice.pick(["public", "public", "permission"] as const);
        const { born } = it;
        it.asks(room, (self) => ({ on: "create", ...self, room, born, title: room, access }));
      }),
    },
    {
      weight: 9,
      run: inHall((it, room) => {
        const { born } = it;
        const claim = { room, born, hasPassword: false, address };
        it.asks(room, (self) => ({ on: "enter", ...self, ...claim }));
      }),
    },
    {
      weight: 6,
      run: somebody((it) => {
        const room = it.known.rooms.size > 0 ? dice.pick([...it.known.rooms]) : dice.pick(halls);
        const { born } = it;
        it.asks(room, (self) => ({ on: "say", ...self, born, room, text: "x" }));
      }),
    },
    {
      weight: 3,
      run: inHall((it, room) => {
        const subject = dice.happens(0.6) ? it.user : dice.pick(residents).user;
        const { born } = it;
        it.asks(room, (self) => ({ on: "removeMember", ...self, born, room, subject }));
      }),
    },
    {
      weight: 1,
      run: inHall((it, room) => {
        const subject = dice.pick(residents).user;
        const isBarred = dice.happens(0.5);
        const { born } = it;
        it.asks(room, (self) => ({ on: "bar", ...self, born, room, subject, isBarred }));
      }),
    },
    {
      weight: 1,
      run: inHall((it, room) => {
        const { born } = it;
        it.asks(room, (self) => ({ on: "removeRoom", ...self, born, room }));
      }),
    },
  ];
}

function restless(somebody: Somebody): readonly Deed[] {
  return [
    { weight: 1, run: somebody((it) => it.deletes()) },
    { weight: 5, run: somebody((it) => it.goes()) },
    { weight: 4, run: somebody((it) => it.drops()) },
  ];
}
