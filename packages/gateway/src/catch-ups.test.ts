import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { type CatchUp, CatchUps } from "./catch-ups.ts";

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
const refusal = { on: "refused", code: "not_a_member", facts: {}, room: PIT } as const;
const answer = { on: "replayed", room: PIT, seq: 3, events: [], lost: 0 } as const;

function desk(isTaken: boolean) {
  const inbox = { isTaken, asked: 0 };
  const append = (): boolean => {
    if (inbox.isTaken) inbox.asked++;
    return inbox.isTaken;
  };
  const catchUps = new CatchUps({ append, round: () => 1 });
  catchUps.ask(0, question);
  return { catchUps, inbox };
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
});
