import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { type CatchUp, CatchUps } from "./catch-ups.ts";

describe("what a resumed session asks its rooms", () => {
  it("is awaited until it is answered: what is newer is heard after it", () => {
    const { catchUps } = asking();
    catchUps.ask(0, command(7));
    expect(catchUps.isAwaited(ANA, PIT)).toBe(true);
    catchUps.told(ANA, { on: "seated", room: PIT, seq: 9 });
    expect(catchUps.isAwaited(ANA, PIT)).toBe(true);
    catchUps.told(ANA, { on: "replayed", room: PIT, seq: 9, events: [], lost: 0 });
    expect(catchUps.isAwaited(ANA, PIT)).toBe(false);
  });

  it("is not waited for by who never heard the room: a seat told meanwhile is where it begins", () => {
    const { catchUps } = asking();
    catchUps.ask(0, command(undefined));
    expect(catchUps.isAwaited(ANA, PIT)).toBe(false);
  });

  it("is asked again until an inbox takes it", () => {
    const { catchUps, inbox } = asking();
    inbox.isFull = true;
    catchUps.ask(0, command(7));
    catchUps.retry();
    inbox.isFull = false;
    catchUps.retry();
    catchUps.retry();
    expect(inbox.asked).toEqual([command(7), command(7), command(7)]);
  });
});

const [ANA, PIT] = ["ana" as SessionId, "pit" as RoomId];

const command = (after: number | undefined): CatchUp => {
  return { on: "catchUp", room: PIT, user: "ana" as UserId, session: ANA, was: ANA, after };
};

function asking() {
  const inbox = { isFull: false, asked: [] as CatchUp[] };
  const append = (_shard: number, asked: CatchUp): boolean => {
    inbox.asked.push(asked);
    return !inbox.isFull;
  };
  return { inbox, catchUps: new CatchUps({ append, round: () => 0 }) };
}
