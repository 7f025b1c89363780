/** What every protocol promises; each folder protocol-* runs this. */
import type { RoomEvent, Told } from "@roundhouse/domain";
import { type Code, catalogue, type RoomId, type SessionId, type UserId } from "@roundhouse/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnyProtocol, Bounds, Frame, Input, Output } from "./protocol.ts";

export type ProtocolUnderTest = {
  readonly open: (bounds: Bounds) => AnyProtocol;
  /** Frames that a client might really send, right and nearly right. */
  readonly frames: fc.Arbitrary<Frame>;
};

export function describeProtocol(name: string, { open, frames }: ProtocolUnderTest): void {
  const protocol = open(BOUNDS);
  const anything = fc.oneof(
    { weight: 6, arbitrary: frames },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 200 }) as fc.Arbitrary<Frame> },
    { weight: 1, arbitrary: fc.json() as fc.Arbitrary<Frame> },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) as fc.Arbitrary<Frame> },
  );
  const inputs = fc.array(inputOf(anything, protocol), { maxLength: 30 });

  describe(`protocol: ${name}`, () => {
    it("decodes whatever comes to a value or a code, and never throws", () => {
      fc.assert(
        fc.property(anything, (frame) => {
          const said = protocol.decode(frame);
          if (!said.ok) expect(catalogue).toHaveProperty(said.code);
        }),
        { numRuns: 400 },
      );
    });

    it("decodes the same frame to the same, and leaves it as it was", () => {
      fc.assert(
        fc.property(anything, (frame) => {
          const before = bytesOf(frame);
          const first = protocol.decode(frame);
          expect(protocol.decode(frame)).toEqual(first);
          expect(before.equals(bytesOf(frame))).toBe(true);
        }),
      );
    });

    it("answers every sequence of inputs, garbage included, and never throws", () => {
      fc.assert(
        fc.property(inputs, (all) => {
          for (const output of live(protocol, all)) {
            if (output.to === "send") expectFrame(protocol, protocol.encode(output.reply));
          }
        }),
        { numRuns: 300 },
      );
    });

    it("answers the same input in the same state the same, and leaves both as they were", () => {
      fc.assert(
        fc.property(inputs, (all) => {
          let [state] = protocol.open(SESSION, NOW);
          for (const input of all) {
            const before = structuredClone([state, input]);
            const first = protocol.step(state, input, NOW);
            expect(protocol.step(state, input, NOW)).toEqual(first);
            expect([state, input]).toEqual(before);
            [state] = first;
          }
        }),
      );
    });

    it("opens a session without closing it", () => {
      const [, outputs] = protocol.open(SESSION, NOW);
      expect(outputs.map(({ to }) => to)).not.toContain("close");
    });

    it("says nothing and asks nothing after a close: a closed session stays closed", () => {
      fc.assert(
        fc.property(inputs, (all) => {
          const asked = live(protocol, all);
          const closed = asked.findIndex(({ to }) => to === "close");
          if (closed >= 0) expect(asked.slice(closed + 1)).toEqual([]);
        }),
        { numRuns: 400 },
      );
    });

    it("closes for reasons of the catalogue", () => {
      fc.assert(
        fc.property(inputs, (all) => {
          for (const output of live(protocol, all)) {
            if (output.to === "close") expect(catalogue).toHaveProperty(output.why);
          }
        }),
      );
    });

    it("sends a silent stranger away at the deadline, and not before", () => {
      let [state, outputs] = protocol.open(SESSION, NOW);
      for (const passed of [0, 1, BOUNDS.identifyMs - 1]) {
        [state, outputs] = protocol.step(state, { on: "tick" }, NOW + passed);
        expect(outputs).toEqual([]);
      }
      [state, outputs] = protocol.step(state, { on: "tick" }, NOW + BOUNDS.identifyMs);
      expect(outputs.at(-1)).toEqual({ to: "close", why: "identity_too_slow" });
    });

    it("broadcasts any events, the same to all, and changes none of them", () => {
      fc.assert(
        fc.property(roomIds, fc.array(roomEvents, { maxLength: 20 }), (room, events) => {
          const before = structuredClone(events);
          const sent = protocol.broadcast(room, events);
          expect(protocol.broadcast(room, events)).toEqual(sent);
          expect(events).toEqual(before);
          for (const frame of sent) expectFrame(protocol, frame);
        }),
      );
    });

    it("can tell of any user's status", () => {
      fc.assert(
        fc.property(userIds, statuses, (user, status) => {
          expectFrame(protocol, protocol.presence(user, status));
        }),
      );
    });
  });
}

/** Everything that comes out of one session for these inputs. */
function live(protocol: AnyProtocol, inputs: readonly Input<unknown>[]): Output<unknown>[] {
  let [state, outputs] = protocol.open(SESSION, NOW);
  const all = [...outputs];
  for (const [index, input] of inputs.entries()) {
    [state, outputs] = protocol.step(state, input, NOW + index * 1000);
    all.push(...outputs);
  }
  return all;
}

const bytesOf = (frame: Frame): Buffer => {
  return typeof frame === "string" ? Buffer.from(frame, "utf16le") : Buffer.from(frame);
};

function expectFrame(protocol: AnyProtocol, frame: Frame): void {
  const isText = protocol.carrier.frames === "text";
  expect(isText ? typeof frame === "string" : frame instanceof Uint8Array).toBe(true);
}

/** What a gateway may hand a protocol. */
function inputOf(frames: fc.Arbitrary<Frame>, protocol: AnyProtocol): fc.Arbitrary<Input<unknown>> {
  const said = frames.map((frame): Input<unknown> => {
    const decoded = protocol.decode(frame);
    if (decoded.ok) return { on: "said", said: decoded.value };
    return { on: "garbled", code: decoded.code, facts: decoded.facts };
  });
  const told = tolds.map((it): Input<unknown> => ({ on: "told", told: it }));
  const change = fc.array(fc.tuple(userIds, statuses), { maxLength: 3 });
  return fc.oneof(
    { weight: 6, arbitrary: said },
    { weight: 3, arbitrary: told },
    {
      weight: 1,
      arbitrary: change.map((it): Input<unknown> => ({ on: "statuses", statuses: it })),
    },
    { weight: 1, arbitrary: fc.constant<Input<unknown>>({ on: "there", users: ["a" as UserId] }) },
    { weight: 1, arbitrary: fc.constant<Input<unknown>>({ on: "tick" }) },
  );
}

const BOUNDS: Bounds = {
  depthMax: 8,
  actionsMax: 4,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 10_000,
};
const NOW = 1_800_000_000_000;
const SESSION = "gate-1" as SessionId;

const texts = fc.oneof(
  fc.constantFrom("ana", "ben", "__proto__", "constructor", '"', "\\", "\u0000\n", "🚂", "\u2028"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 }),
);
const userIds = texts as fc.Arbitrary<UserId>;
const roomIds = texts as fc.Arbitrary<RoomId>;
const statuses = fc.constantFrom("offline", "online", "busy", "away");
const numbers = fc.nat(1000);
const requests = fc.option(numbers, { nil: undefined });
/** Members of an object without its braces, as a sender may have said them. */
const fields = fc
  .dictionary(texts, fc.jsonValue({ maxDepth: 2 }))
  .map((it) => JSON.stringify(it).slice(1, -1));
const actions = fc.array(fc.record({ at: fc.nat(), fields }), { maxLength: 3 });

const roomEvents: fc.Arbitrary<RoomEvent> = fc.oneof(
  fc.record({ on: fc.constant("game"), seq: numbers, from: userIds, actions, extra: fields }),
  fc.record({ on: fc.constantFrom("joined", "left"), seq: numbers, user: userIds }),
);
const codes = fc.constantFrom(...(Object.keys(catalogue) as Code[]));
const facts = fc.dictionary(fc.constantFrom("most", "room"), numbers);
const resumed = fc.record({
  was: fc.constant("gate-0" as SessionId),
  rooms: fc.array(roomIds, { maxLength: 3 }),
});
const tolds: fc.Arbitrary<Told> = fc.oneof(
  fc.record({
    on: fc.constant("attached"),
    user: userIds,
    resumed: fc.option(resumed, { nil: undefined }),
    request: requests,
  }),
  fc.record({
    on: fc.constant("refused"),
    code: codes,
    facts,
    room: fc.option(roomIds, { nil: undefined }),
    request: requests,
  }),
  fc.record({
    on: fc.constantFrom("seated", "accepted"),
    room: roomIds,
    seq: numbers,
    request: requests,
  }),
  fc.record({ on: fc.constant("unseated"), room: roomIds, request: requests }),
  fc.record({ on: fc.constant("invited"), room: roomIds, user: userIds, from: userIds }),
  fc.record({
    on: fc.constant("replayed"),
    room: roomIds,
    seq: numbers,
    events: fc.array(roomEvents, { maxLength: 3 }),
    lost: numbers,
    request: requests,
  }),
  fc.record({ on: fc.constant("ended"), code: codes }),
);
