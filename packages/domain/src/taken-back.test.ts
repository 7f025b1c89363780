// What a gateway gives back of a session that is gone: told, but perhaps never got.
import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { Village } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import type { Command, Unread } from "./command.ts";
import type { Notice } from "./notice.ts";

let village: Village;

beforeEach(() => {
  village = new Village();
  village.enter("ana", "ben");
  village.befriend("ana", "ben");
  village.told.clear();
});

const whispered = (text: string): Notice => {
  return { on: "whispered", id: 1, at: 0, from: "ana" as UserId, text };
};
const words = (room: string): Notice => {
  return { on: "words", id: 2, at: 0, from: "ana" as UserId, room: room as RoomId, text: room };
};
const textOf = (notice: Notice) => ("text" in notice ? notice.text : notice.on);
const texts = (session: string) => village.notices(session).map(textOf);
const waiting = () => {
  const kept = [...village.deskOf("ben").records].filter(([key]) => key.startsWith("mail/"));
  return kept.map(([, mail]) => textOf(mail as Notice));
};

type Ending = Pick<Extract<Command, { on: "detach" }>, "how"> & {
  readonly session?: string;
  readonly born?: number;
};

function ends({ session = "ben", how, born }: Ending, ...notices: Unread["notices"]): void {
  const unread: Unread = { born: born ?? village.account("ben").born ?? 0, notices };
  const name = { user: "ben" as UserId, session: session as SessionId };
  village.append({ on: "detach", ...name, how, unread });
  village.settle();
}

describe("what a session that is gone has perhaps not got", () => {
  it("is kept in its order, before what comes later, and told at the next log-in", () => {
    ends({ how: "lost" }, [whispered("one"), 20], [whispered("two"), 10]);
    village.ask("ana", { on: "whisper", friend: "ben" as UserId, text: "three" });
    village.logIn("ben", { session: "next" });
    expect(texts("next")).toEqual(["one", "two", "three"]);
  });

  it("is kept behind a goodbye too", () => {
    ends({ how: "left" }, [whispered("one"), 0]);
    expect(waiting()).toEqual(["one"]);
  });

  it("is kept by a next owner, who knows nothing of the account yet", () => {
    village.succeed(0);
    ends({ how: "lost" }, [whispered("one"), 0]);
    expect(waiting()).toEqual(["one"]);
  });

  it("is told at once to the session that took its place", () => {
    village.logIn("ben", { session: "next" });
    ends({ how: "lost" }, [whispered("one"), 10]);
    expect([texts("next"), waiting()]).toEqual([["one"], ["one"]]);
    village.hasGot("ben", "next");
    expect(waiting()).toEqual([]);
  });

  it("is told to nobody who was there when it was told, but to who came since", () => {
    village.passes(10_000);
    village.logIn("ben", { session: "page", means: "idme" });
    village.passes(10_000);
    ends({ how: "lost" }, [whispered("before"), 15_000], [whispered("since"), 5_000]);
    expect([texts("page"), waiting()]).toEqual([["before"], ["before"]]);
    village.hasGot("ben", "page");
    expect(waiting()).toEqual([]);
  });

  it("is dropped with another life of the name", () => {
    ends({ how: "lost", born: 999 }, [whispered("one"), 10]);
    village.logIn("ben", { session: "next" });
    expect([texts("next"), waiting()]).toEqual([[], []]);
  });

  it("is of rooms only where it is a member", () => {
    village.ask("ben", {
      ...{ on: "create", room: "pit" as RoomId, title: "", access: "public" },
      ...{ description: "", hash: undefined, born: village.account("ben").born },
    } as never);
    ends({ how: "lost" }, [words("pit"), 10], [words("game"), 10]);
    expect(waiting()).toEqual(["pit"]);
  });
});
