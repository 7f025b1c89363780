import type { RoomId, UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Vouched } from "./command.ts";

const id = (name: string): UserId => name as UserId;
const pit = "pit" as RoomId;

/** The account ends, and somebody signs up under its name. */
function reborn(village: Village, user: string): void {
  village.order(user, { on: "deleteAccount" });
  village.signUp(user);
}

const lifeOf = (village: Village, user: string): Required<Vouched> => {
  const { born = 0, proof } = village.account(user);
  return { born, turn: proof?.turn ?? 0 };
};

describe("a token that was made for an account", () => {
  const come = (village: Village, vouched?: Vouched) => {
    const session = { session: "token", means: "idme" } as const;
    return village.attach("ana", { ...session, proven: true, ...(vouched && { vouched }) });
  };

  it("proves that one's name, also when it has another password", () => {
    const village = new Village();
    village.signUp("ana");
    const { born } = lifeOf(village, "ana");
    expect(come(village, { born })).toBe("attached");
    village.order("ana", { on: "setPassword", hash: "new" });
    expect(come(village, { born })).toBe("attached");
  });

  it("under a password proves nothing when that was changed", () => {
    const village = new Village();
    village.signUp("ana");
    const life = lifeOf(village, "ana");
    expect(come(village, life)).toBe("attached");
    village.order("ana", { on: "setPassword", hash: "new" });
    expect(come(village, life)).toBe("token_invalid");
    expect(come(village, lifeOf(village, "ana"))).toBe("attached");
  });

  it("proves nothing when that is deleted, nor to whoever signs up under that name", () => {
    const village = new Village();
    village.signUp("ana");
    const life = lifeOf(village, "ana");
    village.order("ana", { on: "deleteAccount" });
    expect([come(village, life), come(village, { born: life.born })]).toEqual(REFUSED);
    village.signUp("ana");
    expect(lifeOf(village, "ana").turn).toBe(life.turn);
    expect([come(village, life), come(village, { born: life.born })]).toEqual(REFUSED);
    expect(village.told.get("token")?.map(({ on }) => on)).not.toContain("attached");
  });

  it("by an issuer who knows of no accounts goes on proving the name", () => {
    const village = new Village();
    village.signUp("ana");
    reborn(village, "ana");
    expect(come(village)).toBe("attached");
  });

  it("is told apart by the account's own session, which hears of which life and password it is", () => {
    const village = new Village();
    village.enter("ana");
    const attached = village.told.get("ana")?.find(({ on }) => on === "attached");
    expect(attached).toMatchObject({ account: lifeOf(village, "ana") });
  });

  const REFUSED = ["token_invalid", "token_invalid"];
});

describe("a session that could be resumed", () => {
  const resume = "a secret of Ana's";

  /** Ana sits in a room, by a session that she may resume. */
  function seated(): Village {
    const village = new Village();
    village.signUp("ana");
    village.logIn("ana", { session: "first", means: "idme", resume });
    village.ask("ana", { on: "join", room: pit, invite: [] }, "first");
    return village;
  }

  const seats = (village: Village) => [
    ...(village.deskOf("pit").state.rooms.get(pit)?.seats.keys() ?? []),
  ];
  const resumed = (village: Village, session: string) => {
    const told = village.told.get(session)?.find(({ on }) => on === "attached");
    return told?.on === "attached" ? told.resumed : "refused";
  };

  it("goes on with its secret, as long as the account is the same", () => {
    const village = seated();
    village.logOut("ana", "lost", "first");
    village.logIn("ana", { session: "second", means: "idme", resume });
    expect(resumed(village, "second")).toEqual({ was: "first", rooms: [pit] });
  });

  it.each([
    { what: "its connection is there", isParted: false, isPassedOn: false },
    { what: "its connection is lost", isParted: true, isPassedOn: false },
    {
      what: "its connection is lost, and the shard goes on elsewhere",
      isParted: true,
      isPassedOn: true,
    },
  ])("ends with the account when $what", ({ isParted, isPassedOn }) => {
    const village = seated();
    if (isParted) village.logOut("ana", "lost", "first");
    expect(seats(village)).toEqual(["first"]);
    village.order("ana", { on: "deleteAccount" });
    if (isPassedOn) village.succeed(0);
    expect(seats(village)).toEqual([]);
    expect(village.deskOf("ana").state.users.get(id("ana"))?.stays ?? []).toEqual([]);
    village.attach("ana", { session: "guest", means: "idme", resume });
    expect(resumed(village, "guest")).toBeUndefined();
    village.logOut("ana", "left", "guest");
    village.signUp("ana");
    village.logIn("ana", { session: "second", means: "idme", resume });
    expect(resumed(village, "second")).toBeUndefined();
    expect(seats(village)).toEqual([]);
  });
});

describe("mail for a former life", () => {
  /** Both on a shard of their own: what they say waits until that works. */
  const shards = 7;
  const [ana, ben] = ["ana", "ben"];
  const work = (village: Village, user: string, most?: number) => {
    village.work(village.desks.indexOf(village.deskOf(user)), most);
  };

  it("that waits in the box is gone with it", () => {
    const village = new Village();
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    village.logOut("ben");
    village.ask("ana", { on: "whisper", friend: id("ben"), text: "for the former" });
    expect(village.record("mail/2/ben", "ben")).toBeDefined();
    reborn(village, "ben");
    village.logIn("ben", { session: "later" });
    expect(village.notices("later")).toEqual([]);
  });

  it("that is on its way reaches nobody, though its sender has not heard of the end", () => {
    const village = new Village({}, shards);
    village.enter(ana, ben);
    village.befriend(ana, ben);
    village.put(ana, { on: "whisper", friend: id(ben), text: "for the former" });
    work(village, ana);
    village.append({ on: "deleteAccount", user: id(ben), session: undefined });
    village.append({ on: "signUp", user: id(ben), session: undefined, hash: "h", nickname: ben });
    village.put(ana, { on: "whisper", friend: id(ben), text: "for the former, too" });
    work(village, ana);
    const before = village.account(ben).born;
    village.settle();
    village.logIn(ben, { session: "later" });
    expect(village.account(ben).born).not.toBe(before);
    expect(village.friends(ana)).toEqual([]);
    expect(words(village, "later")).toEqual([]);
  });

  it("does not reach who has become a friend of the sender meanwhile", () => {
    const village = new Village({}, shards);
    village.enter(ana, ben);
    village.ask(ben, { on: "askFriend", friend: id(ana), text: "from the former" });
    const former = village.account(ana).requests?.[0]?.id ?? 0;
    village.order(ben, { on: "deleteAccount" });
    village.signUp(ben);
    village.logIn(ben, { session: "later" });
    village.ask(ana, { on: "askFriend", friend: id(ben), text: "" });
    const later = village.account(ben).requests?.[0]?.id ?? 0;
    // Ana approves the former's request and writes; before that comes, the later one approves hers.
    village.put(ben, { on: "answerFriend", id: later, how: "approve" }, "later");
    village.put(ana, { on: "answerFriend", id: former, how: "approve" });
    village.put(ana, { on: "whisper", friend: id(ben), text: "for the former" });
    work(village, ana);
    expect(village.told.get(ana)?.at(-1)).toMatchObject({ on: "sent" });
    village.settle();
    expect(village.friends(ben)).toEqual([ana]);
    expect(words(village, "later")).toEqual([]);
    village.ask(ana, { on: "whisper", friend: id(ben), text: "for the later" });
    expect(words(village, "later")).toEqual(["for the later"]);
  });

  const words = (village: Village, session: string) => {
    return village.notices(session).flatMap((it) => (it.on === "whispered" ? [it.text] : []));
  };
});
