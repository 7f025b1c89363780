import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Asked } from "@roundhouse/protocol";
import { describe, expect, it } from "vitest";
import { type CatchUp, CatchUps, type Holdable } from "./catch-ups.ts";
import type { Connection } from "./connection.ts";

const ANA = "ana" as SessionId;
const PIT = "pit" as RoomId;
const question: CatchUp = {
  on: "catchUp",
  room: PIT,
  user: "1:ana" as UserId,
  session: ANA,
  was: "before" as SessionId,
  after: 3,
};
const connection = { session: ANA } as Connection;
const refusal = { on: "refused", code: "not_a_member", facts: {}, room: PIT } as const;
const answer = { on: "replayed", room: PIT, seq: 3, events: [], lost: 0 } as const;

function desk(isTaken: boolean, asked: CatchUp = question) {
  const inbox = { isTaken, asked: 0 };
  const append = (): boolean => {
    if (inbox.isTaken) inbox.asked++;
    return inbox.isTaken;
  };
  const said: string[] = [];
  const release = (_: Connection, { on }: Holdable) => void said.push(on);
  const catchUps = new CatchUps({ append, round: () => 1, release });
  catchUps.ask(0, asked);
  const says = (on: "join" | "leave", room = PIT) => {
    const command = { on, room, session: ANA, user: question.user, invite: [] };
    return catchUps.holds(connection, command as Asked);
  };
  return { catchUps, inbox, said, says };
}

describe("a question what was missed", () => {
  it("is asked again once a full inbox has room", () => {
    const { catchUps, inbox } = desk(false);
    inbox.isTaken = true;
    catchUps.retry();
    catchUps.retry();
    expect(inbox.asked).toBe(1);
  });

  it("is not forgotten for a refusal of something else that came before it was asked", () => {
    const { catchUps, inbox } = desk(false);
    catchUps.told(ANA, refusal);
    expect(catchUps.isAwaited(ANA, PIT)).toBe(true);
    inbox.isTaken = true;
    catchUps.retry();
    expect(inbox.asked).toBe(1);
  });

  it.each([answer, refusal])("is settled by its answer: $on", (told) => {
    const { catchUps } = desk(true);
    expect(catchUps.isAwaited(ANA, PIT)).toBe(true);
    catchUps.told(ANA, told);
    expect(catchUps.isAwaited(ANA, PIT)).toBe(false);
  });

  it("is asked again when frames were lost after it was asked, and not when it was asked since", () => {
    const { catchUps, inbox } = desk(true);
    catchUps.askAgain(0, 1);
    expect(inbox.asked).toBe(1);
    catchUps.askAgain(0, 2);
    expect(inbox.asked).toBe(2);
    catchUps.askAgain(1, 3);
    expect(inbox.asked).toBe(2);
  });

  it("is not waited for by who never heard the room: a seat told meanwhile is where it begins", () => {
    const { catchUps } = desk(true, { ...question, after: undefined });
    expect(catchUps.isAwaited(ANA, PIT)).toBe(false);
  });

  it("is answered once: what was asked again, and was not lost after all, is not heard twice", () => {
    const { catchUps } = desk(true);
    catchUps.askAgain(0, 2);
    expect(catchUps.isRepeated(ANA, answer)).toBe(false);
    catchUps.told(ANA, answer);
    expect(catchUps.isRepeated(ANA, { ...answer, request: 3 })).toBe(false);
    expect(catchUps.isRepeated(ANA, answer)).toBe(true);
    expect(catchUps.isRepeated(ANA, answer)).toBe(false);
  });

  it("is asked no more once the seat is given up", () => {
    const { catchUps, inbox } = desk(true);
    catchUps.told(ANA, { on: "unseated", room: PIT });
    catchUps.askAgain(0, 2);
    expect(inbox.asked).toBe(1);
  });

  it("comes before what the session says in the room meanwhile, also when it is asked again", () => {
    const { catchUps, says, said } = desk(true);
    expect([says("join"), says("join", "yard" as RoomId)]).toEqual(["held", "no"]);
    catchUps.askAgain(0, 2);
    expect(says("leave")).toBe("held");
    expect(said).toEqual([]);
    catchUps.told(ANA, answer);
    expect(said).toEqual(["join", "leave"]);
    expect(says("join")).toBe("no");
  });

  it("keeps so much waiting and no more: what finds no room must not overtake", () => {
    const { says, said } = desk(true);
    const answers = Array.from({ length: 65 }, () => says("join"));
    expect(answers.filter((it) => it === "held")).toHaveLength(64);
    expect(answers.at(-1)).toBe("full");
    expect(said).toEqual([]);
  });

  it("is not waited for any longer by who leaves: what it said is not lost", () => {
    const { catchUps, says, said } = desk(true);
    says("join");
    catchUps.leave(ANA);
    expect(said).toEqual(["join"]);
  });
});
