/** What every protocol promises; each folder protocol-* runs this. */
import { catalogue, type SessionId } from "@roundhouse/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BOUNDS, inputOf, roomEvents, roomIds, statuses, userIds } from "./inputs.contract.ts";
import type { AnyProtocol, Bounds, Frame, Input, Output } from "./protocol.ts";
import { describeWire } from "./wire.contract.ts";

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
          const todo = [...all];
          for (let input = todo.shift(); input !== undefined; input = todo.shift()) {
            const before = structuredClone([state, input]);
            const first = protocol.step(state, input, NOW);
            expect(protocol.step(state, input, NOW)).toEqual(first);
            expect([state, input]).toEqual(before);
            [state] = first;
            if (first[1].some(({ to }) => to === "logOut")) todo.unshift(RENEWED);
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

    it("asks in the name of the session that it is, also after a log-out", () => {
      fc.assert(
        fc.property(inputs, (all) => {
          let session = SESSION;
          for (const output of live(protocol, all)) {
            if (output.to === "logOut") session = NEXT;
            for (const named of sessionsOf(output)) expect(named).toBe(session);
          }
        }),
        { numRuns: 300 },
      );
    });

    it("broadcasts any events, the same to all, and changes none of them", () => {
      fc.assert(
        fc.property(roomIds, fc.array(roomEvents, { maxLength: 20 }), (room, events) => {
          const before = structuredClone(events);
          const sent = protocol.broadcast(room, events);
          expect(protocol.broadcast(room, events)).toEqual(sent);
          expect(events).toEqual(before);
          for (const frame of sent) expectFrame(protocol, frame);
          // Whoever hears each by itself must know which frame is whose.
          if (protocol.hears === "each") expect(sent).toHaveLength(events.length);
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

  describeWire(name, protocol, frames);
}

/** Everything that comes out of one session for these inputs; a log-out is answered as a gateway does. */
function live(protocol: AnyProtocol, inputs: readonly Input<unknown>[]): Output<unknown>[] {
  let [state, outputs] = protocol.open(SESSION, NOW);
  const all = [...outputs];
  for (const [index, input] of inputs.entries()) {
    [state, outputs] = protocol.step(state, input, NOW + index * 1000);
    all.push(...outputs);
    while (outputs.some(({ to }) => to === "logOut")) {
      [state, outputs] = protocol.step(state, RENEWED, NOW + index * 1000);
      all.push(...outputs);
    }
  }
  return all;
}

/** In whose name it asks. */
function sessionsOf(output: Output<unknown>): readonly unknown[] {
  switch (output.to) {
    case "room":
    case "account":
    case "charter":
      return "session" in output.command ? [output.command.session] : [];
    case "identify":
      return [output.attach.session];
    case "errand":
      return output.errand.on === "logIn" ? [output.errand.attach.session] : [];
    default:
      return [];
  }
}

const bytesOf = (frame: Frame): Buffer => {
  return typeof frame === "string" ? Buffer.from(frame, "utf16le") : Buffer.from(frame);
};

function expectFrame(protocol: AnyProtocol, frame: Frame): void {
  const isText = protocol.carrier.frames === "text";
  expect(isText ? typeof frame === "string" : frame instanceof Uint8Array).toBe(true);
}

const NOW = 1_800_000_000_000;
const SESSION = "gate-1" as SessionId;
const NEXT = "gate-2" as SessionId;
const RENEWED: Input<unknown> = { on: "renewed", session: NEXT };
