import type { SessionId, UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Notice } from "./notice.ts";

/** How Ana's shard addresses what she says to her friend Ben. */
const friendOf = (village: Village) => {
  const { born = 0, friends } = village.account("ben");
  return { born, bonds: friends?.[0]?.bonds ?? [] };
};

describe("what a user is told while away", () => {
  it("waits, and comes right behind the log-in, in order", () => {
    const village = away();
    whispers(village, "one", "two");
    village.ask("ana", { on: "removeFriend", friend: BEN });
    village.logIn("ben");
    const told = village.told.get("ben")?.slice(-2);
    expect(told).toMatchObject([
      { on: "attached", waits: true },
      { on: "notices", kept: true },
    ]);
    expect(texts(village)).toEqual(["one", "two", "unfriended"]);
  });

  it("waits through a restart and another owner", () => {
    const village = away();
    whispers(village, "one");
    village.restart();
    village.logIn("ana");
    whispers(village, "two");
    village.succeed(0);
    whispers(village, "three");
    village.logIn("ben");
    expect(texts(village)).toEqual(["one", "two", "three"]);
  });

  it("is announced to a session only when there is something", () => {
    const village = away();
    village.logIn("ben");
    expect(village.told.get("ben")?.at(-1)).not.toHaveProperty("waits");
    expect(village.notices("ben")).toEqual([]);
  });

  it("does not wait for who is there, nor for a session that takes no notices", () => {
    const village = away();
    village.logIn("ben", { takesNotices: false });
    whispers(village, "one");
    village.logIn("ben", { session: "phone" });
    whispers(village, "two");
    village.logOut("ben", "left", "phone");
    village.logIn("ben", { session: "later" });
    expect([texts(village, "ben"), texts(village, "phone"), texts(village, "later")]).toEqual([
      [],
      ["one", "two"],
      [],
    ]);
  });

  it("in the same batch as the log-in is told in its place", () => {
    const village = away();
    const friend = friendOf(village);
    const desk = village.deskOf("ben");
    const said = (id: number): Notice => {
      return { on: "whispered", id, at: 0, from: "ana" as UserId, text: `${id}` };
    };
    const session = { session: "ben" as never, takesNotices: true, resume: undefined } as const;
    const { items } = desk.batch([
      { on: "notify", user: BEN, ...friend, notice: said(1) },
      { on: "notify", user: BEN, ...friend, notice: said(2) },
      { on: "attach", user: BEN, means: "idme", proven: true, ...session },
      { on: "notify", user: BEN, ...friend, notice: said(3) },
    ]);
    const told = items.map(({ item }) => (item.to === "session" ? item.told : item));
    expect(told).toMatchObject([
      { on: "attached" },
      { on: "notices", kept: true, notices: [{ id: 1 }, { id: 2 }] },
      { on: "notices", kept: false, notices: [{ id: 3 }] },
    ]);
  });

  it("is nothing for a name without an account, or with another one than was meant", () => {
    const village = new Village();
    village.attach("guest", { means: "idme" });
    village.enter("ben");
    const notice = { on: "appointed", room: "pit" as never } as const;
    const desk = village.deskOf("ben");
    desk.batch([{ on: "notify", user: "guest" as UserId, notice }]);
    desk.batch([{ on: "notify", user: BEN, born: 999, notice }]);
    village.logOut("ben");
    desk.batch([{ on: "notify", user: BEN, born: 999, notice }]);
    expect(mailOf(village)).toEqual([]);
    expect([village.notices("guest"), village.notices("ben")]).toEqual([[], []]);
  });
});

describe("what a user is told while there", () => {
  it("waits until the client surely has it, and is told to nobody any more then", () => {
    const village = away();
    village.logIn("ben", { session: "first" });
    whispers(village, "one");
    village.hasGot("ben", "first");
    expect(mailOf(village)).toEqual([]);
    whispers(village, "two");
    expect(texts(village, "first")).toEqual(["one", "two"]);
    village.logIn("ben", { session: "second" });
    expect(texts(village, "second")).toEqual(["two"]);
  });

  it("outlives its gateway, the shard's owner, and all of them at once", () => {
    for (const ends of [
      (village: Village) => village.gatewayGone("gate0"),
      (village: Village) => {
        village.succeed(0);
        village.gatewayGone("gate0");
      },
      (village: Village) => village.restart(),
    ]) {
      const village = away();
      village.logIn("ben");
      whispers(village, "one", "two");
      ends(village);
      village.logIn("ben", { session: "later", gateway: "gate7" });
      expect(texts(village, "later")).toEqual(["one", "two"]);
    }
  });

  it("is got by whoever leaves, but for what he was told behind his last word", () => {
    const village = away();
    for (const { got, waits } of [
      { got: undefined, waits: [] },
      { got: 0, waits: ["one", "two"] },
    ]) {
      village.logIn("ben");
      whispers(village, "one", "two");
      const session = "ben" as SessionId;
      village.append({ on: "detach", user: BEN, session, how: "left", got });
      village.settle();
      expect(mailOf(village).map(([, mail]) => (mail as { text?: string }).text)).toEqual(waits);
    }
  });

  it("is neither kept for the absent nor dropped, where that is counted", () => {
    const village = new Village({ mailMax: 2 });
    village.enter("ana", "ben");
    village.befriend("ana", "ben");
    whispers(village, "one", "two", "three", "four");
    expect(mailOf(village)).toHaveLength(2);
    const counts = village.batches.map(({ effects }) => [effects.mailKept, effects.mailDropped]);
    expect(counts.flat().every((count) => count === 0)).toBe(true);
  });

  it("does not pile up behind what waits to be fetched", () => {
    const village = away();
    whispers(village, "kept");
    village.logIn("ben");
    whispers(village, ...Array.from({ length: 10 }, (_, count) => `${count}`));
    village.hasGot("ben");
    expect(mailOf(village)).toHaveLength(11);
    village.ask("ben", { on: "mail" });
    const mail = village.told.get("ben")?.findLast(({ on }) => on === "mail");
    expect(mail).toMatchObject({ notices: [{ text: "kept" }] });
    village.logOut("ben", "lost");
    expect(mailOf(village)).toEqual([]);
    whispers(village, "kept too");
    village.logIn("ben");
    whispers(village, ...Array.from({ length: 70 }, (_, count) => `${count}`));
    village.hasGot("ben");
    expect(mailOf(village)).toEqual([]);
  });
});

describe("what was kept", () => {
  it("stays until the client went on after it, and is told again to who was lost before", () => {
    const village = away();
    whispers(village, "one");
    for (const session of ["first", "second"]) {
      village.logIn("ben", { session });
      village.logOut("ben", "lost", session);
    }
    village.logIn("ben", { session: "third" });
    village.ask("ben", { on: "heed" }, "third");
    village.logOut("ben", "lost", "third");
    village.logIn("ben", { session: "fourth" });
    const told = ["first", "second", "third", "fourth"].map((it) => texts(village, it));
    expect(told).toEqual([["one"], ["one"], ["one"], []]);
    expect(mailOf(village)).toEqual([]);
  });

  it("is gone when the session said goodbye", () => {
    const village = away();
    whispers(village, "one");
    village.logIn("ben");
    expect(mailOf(village)).toHaveLength(1);
    village.logOut("ben");
    expect(mailOf(village)).toEqual([]);
  });

  it("waits on when the session said goodbye before it was told anything", () => {
    const village = away();
    whispers(village, "one");
    village.logIn("ben", { session: "first" });
    const session = "first" as SessionId;
    village.append({ on: "detach", user: BEN, session, how: "left", got: 0 });
    village.settle();
    expect(mailOf(village)).toHaveLength(1);
    village.logIn("ben", { session: "second" });
    expect(texts(village, "second")).toEqual(["one"]);
  });

  it("is told again to the session that takes the place of one that may not have it", () => {
    const village = away();
    whispers(village, "one");
    village.logIn("ben", { session: "phone" });
    village.logIn("ben", { session: "laptop" });
    expect(texts(village, "laptop")).toEqual(["one"]);
    village.ask("ben", { on: "heed" }, "laptop");
    village.logIn("ben", { session: "tablet" });
    expect(texts(village, "tablet")).toEqual([]);
  });

  it("is not told again to another device once somebody has it", () => {
    const village = away();
    whispers(village, "one");
    village.logIn("ben", { session: "page", means: "idme" });
    village.ask("ben", { on: "heed" }, "page");
    village.logIn("ben", { session: "second", means: "idme" });
    expect(texts(village, "second")).toEqual([]);
  });

  it("is not told again when the session goes on over another connection that had it", () => {
    const village = away();
    whispers(village, "one");
    village.logIn("ben", { session: "page", means: "idme", resume: SECRET });
    village.ask("ben", { on: "heed" }, "page");
    village.logOut("ben", "lost", "page");
    whispers(village, "two");
    village.logIn("ben", { session: "again", means: "idme", resume: SECRET });
    expect(texts(village, "again")).toEqual(["two"]);
  });

  it("may be fetched: the messages, once, whatever else there was; what comes later waits on", () => {
    const village = away();
    whispers(village, "one", "two");
    village.ask("ana", { on: "removeFriend", friend: BEN });
    village.logIn("ben");
    const fetched = () => {
      village.ask("ben", { on: "mail" });
      const told = village.told.get("ben")?.at(-1);
      return told?.on === "mail" ? told.notices.map(textOf) : undefined;
    };
    expect([fetched(), fetched()]).toEqual([["one", "two"], []]);
    expect(mailOf(village)).toEqual([]);
    village.logOut("ben", "lost");
    village.logIn("ben", { session: "again" });
    expect(texts(village, "again")).toEqual([]);
  });

  it("and was got before a kill leaves the store at the next log-in", () => {
    const village = away();
    whispers(village, "one");
    village.logIn("ben");
    village.ask("ben", { on: "heed" });
    village.restart();
    expect(mailOf(village)).toHaveLength(1);
    village.logIn("ben", { session: "again" });
    expect([texts(village, "again"), mailOf(village)]).toEqual([[], []]);
  });

  it("and was got stays known to be so by another owner", () => {
    const village = away();
    whispers(village, "one");
    village.logIn("ben");
    village.ask("ben", { on: "heed" });
    village.succeed(0);
    village.logOut("ben", "lost");
    expect(mailOf(village)).toEqual([]);
  });

  it("outlives the sessions that end with a gateway, and nothing of it is mixed up", () => {
    const village = away();
    whispers(village, "one");
    village.logIn("ben", { gateway: "gate7" });
    village.succeed(0);
    village.ask("ben", { on: "heed" });
    village.succeed(0);
    const friend = friendOf(village);
    const again = { on: "attach", user: BEN, session: "again" as never, means: "idme" } as const;
    const notice: Notice = { on: "whispered", id: 5, at: 0, from: "ana" as UserId, text: "two" };
    // The shard does not know the account yet when the gateway dies, and learns of it right after.
    const desk = village.deskOf("ben");
    const post = (from: string, command: object) => ({ from, at: desk.now, command }) as never;
    const { items } = desk.run([
      post("gate7", { on: "gatewayGone" }),
      post("gate0", { on: "notify", user: BEN, ...friend, notice }),
      post("gate0", { ...again, proven: true, takesNotices: true }),
    ]);
    const told = items.flatMap(({ item }) => (item.to === "session" ? [item.told] : []));
    expect(told.at(-1)).toEqual({ on: "notices", kept: true, notices: [notice], until: 4 });
    expect(mailOf(village)).toEqual([["mail/3/ben", notice]]);
    expect(village.record("box/ben", "ben")).toMatchObject({ first: 3, sizes: { length: 1 } });
  });
});

describe("a full mailbox", () => {
  it("makes room: the oldest is dropped and counted", () => {
    const village = away({ mailMax: 3 });
    whispers(village, "1", "2", "3", "4", "5");
    expect(dropped(village)).toBe(2);
    expect(mailOf(village)).toHaveLength(3);
    village.logIn("ben");
    expect(texts(village)).toEqual(["3", "4", "5"]);
  });

  it("is bounded in bytes too, as they are kept", () => {
    const village = away({ mailBytesMax: 1000 });
    whispers(village, "1", "2", "ü".repeat(400), "4");
    village.logIn("ben");
    expect(texts(village)).toEqual(["ü".repeat(400), "4"]);
    expect(dropped(village)).toBe(2);
  });

  it("does not keep what is larger than all of it", () => {
    const village = away({ mailBytesMax: 200 });
    whispers(village, "1", "x".repeat(300), "3");
    village.logIn("ben");
    expect(texts(village)).toEqual(["3"]);
    expect(dropped(village)).toBe(2);
  });

  it("holds a thousand, and a mebibyte, whatever comes", () => {
    const village = away();
    const friend = friendOf(village);
    const text = "x".repeat(1500);
    for (let id = 0; id < 1100; id++) {
      const notice: Notice = { on: "whispered", id, at: 0, from: "ana" as UserId, text: `${id}` };
      village.deskOf("ben").batch([{ on: "notify", user: BEN, ...friend, notice }]);
    }
    expect(mailOf(village)).toHaveLength(1000);
    for (let id = 0; id < 1100; id++) {
      const notice: Notice = { on: "whispered", id, at: 0, from: "ana" as UserId, text };
      village.deskOf("ben").batch([{ on: "notify", user: BEN, ...friend, notice }]);
    }
    const bytes = mailOf(village).reduce((sum, [, mail]) => sum + JSON.stringify(mail).length, 0);
    expect(bytes).toBeLessThanOrEqual(1_048_576);
    expect(bytes).toBeGreaterThan(1_040_000);
  });
});

describe("the end of an account", () => {
  it("is told once to who is away, as a friend and in each common room; of each life", () => {
    const village = away();
    const desk = village.deskOf("ben");
    const { born = 0 } = village.account("ben");
    const gone = { on: "notify", user: BEN, born, notice: { on: "deleted", user: ANA } } as const;
    desk.batch([gone, gone]);
    village.ask("ana", { on: "deleteAccount", turn: 1 });
    desk.batch([gone]);
    village.logIn("ben");
    expect(texts(village)).toEqual(["deleted"]);
    village.logOut("ben");
    desk.batch([gone]);
    village.logIn("ben", { session: "later" });
    expect(texts(village, "later")).toEqual(["deleted"]);
  });
});

/** Ana and Ben are friends, and Ben has gone. */
function away(rules: ConstructorParameters<typeof Village>[0] = {}): Village {
  const village = new Village(rules);
  village.enter("ana", "ben");
  village.befriend("ana", "ben");
  village.logOut("ben");
  village.told.delete("ben");
  return village;
}

function whispers(village: Village, ...said: readonly string[]): void {
  for (const text of said) village.ask("ana", { on: "whisper", friend: BEN, text });
}

function dropped({ batches }: Village): number {
  return batches.reduce((sum, { effects }) => sum + effects.mailDropped, 0);
}

function mailOf(village: Village) {
  const kept = [...village.deskOf("ben").records];
  return kept.filter(([key]) => key.startsWith("mail/") && key.endsWith("/ben"));
}

const textOf = (notice: Notice) => ("text" in notice ? notice.text : notice.on);
const texts = (village: Village, session = "ben") => village.notices(session).map(textOf);
const ANA = "ana" as UserId;
const BEN = "ben" as UserId;
const SECRET = "a secret that is long enough";
