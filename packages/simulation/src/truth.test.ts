import type { Item, RoomEvent, Told } from "@roundhouse/domain";
import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { Broken } from "./trace.ts";
import { Truth } from "./truth.ts";

describe("what is committed", () => {
  it("is fine as long as rooms and sessions live as they should", () => {
    const truth = settled();
    truth.commit([act(4, "c1/1.2"), left(5, "ana"), left(6, "ben")]);
    truth.commit([joined(1, "ben"), act(2, "c2/1.2")]);
    expect(truth.members(PIT)).toBe(1);
    expect(truth.actions.get("c2/1.2")?.seq).toBe(2);
  });

  it.each<{ readonly broken: string; readonly because: string; readonly items: readonly Item[] }>([
    { broken: "no_dup", because: "an action comes twice", items: [act(4, "c1/1.1")] },
    {
      broken: "order_per_sender",
      because: "an older action comes later",
      items: [act(4, "c2/1.0")],
    },
    { broken: "same_order", because: "a number is left out", items: [act(5, "c1/1.2")] },
    { broken: "same_order", because: "a number comes again", items: [act(3, "c1/1.2")] },
    { broken: "same_order", because: "a member joins again", items: [joined(4, "ana")] },
    { broken: "same_order", because: "a stranger leaves", items: [left(4, "dan")] },
    {
      broken: "same_order",
      because: "a room goes on without members",
      items: [left(4, "ana"), left(5, "ben"), act(6, "c1/1.2")],
    },
    { broken: "seats", because: "one comes too many", items: [joined(4, "dan")] },
    { broken: "fence", because: "nobody is who speaks", items: [act(4, "c7/1.1")] },
    { broken: "no_dup", because: "an invite comes that nobody asked for", items: [invited("dan")] },
  ])("is judged: $broken, because $because", ({ broken, items }) => {
    expect(brokenBy(() => settled().commit(items))).toBe(broken);
  });

  it("tells each session of an invite as often as it was asked for", () => {
    const truth = settled();
    truth.invites(PIT, "ana" as UserId, "dan");
    truth.commit([invited("dan", "s8"), invited("dan", "s9")]);
    expect(brokenBy(() => truth.commit([invited("dan", "s9")]))).toBe("no_dup");
  });

  it("lets nobody speak from a seat that another connection has taken along", () => {
    const truth = settled();
    const moved: Told = { on: "replayed", room: PIT, seq: 3, events: [], lost: 0 };
    truth.commit([tell("s3", attached("ana", "s1")), tell("s3", moved)]);
    expect(brokenBy(() => truth.commit([act(4, "c1/1.2")]))).toBe("order_per_sender");
  });

  it("gives a session back to who shows its secret in time", () => {
    const truth = settled();
    truth.resuming.set("s3" as SessionId, { was: "s1" as SessionId, before: 1_000 });
    expect(brokenBy(() => truth.commit([tell("s3", attached("ana"))]))).toBe("no_loss");
    const late = settled(1_000);
    late.resuming.set("s3" as SessionId, { was: "s1" as SessionId, before: 1_000 });
    expect(brokenBy(() => late.commit([tell("s3", attached("ana"))]))).toBeUndefined();
  });
});

const PIT = "pit" as RoomId;

/** Two seats, both taken; ana has spoken. */
function settled(now = 0): Truth {
  const truth = new Truth(2, () => now);
  truth.speakers.set("c1/1", "s1" as SessionId);
  truth.speakers.set("c2/1", "s2" as SessionId);
  truth.commit([tell("s1", attached("ana")), tell("s2", attached("ben"))]);
  truth.commit([joined(1, "ana"), tell("s1", seated(1)), joined(2, "ben"), tell("s2", seated(2))]);
  truth.commit([act(3, "c1/1.1")]);
  return truth;
}

function brokenBy(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (cause) {
    return cause instanceof Broken ? cause.invariant : String(cause);
  }
}

const happens = (event: RoomEvent): Item => ({ to: "room", room: PIT, events: [event] });
const joined = (seq: number, user: string): Item => {
  return happens({ on: "joined", seq, user: user as UserId });
};
const left = (seq: number, user: string): Item =>
  happens({ on: "left", seq, user: user as UserId });
const act = (seq: number, action: string): Item => {
  const actions = [{ at: 0, fields: `"data":"${action}"` }];
  return happens({ on: "game", seq, from: "ana" as UserId, actions, extra: "" });
};
const tell = (session: string, told: Told): Item => {
  return { to: "session", session: session as SessionId, told };
};
const attached = (user: string, was?: string): Told => {
  const resumed = was === undefined ? undefined : { was: was as SessionId, rooms: [PIT] };
  return { on: "attached", user: user as UserId, resumed };
};
const seated = (seq: number): Told => ({ on: "seated", room: PIT, seq });
const invited = (user: string, session = "s9"): Item => {
  return tell(session, { on: "invited", room: PIT, user: user as UserId, from: "ana" as UserId });
};
