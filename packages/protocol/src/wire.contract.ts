/** What every framing of a stream promises, whatever is in the frames and wherever they are cut. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnyProtocol, Frame, StreamCarrier, Wire } from "./protocol.ts";

export function describeWire(
  name: string,
  protocol: AnyProtocol,
  frames: fc.Arbitrary<Frame>,
): void {
  const { carrier } = protocol;
  if (carrier.over !== "stream") return;
  const streams = fc
    .array(fc.oneof(frames, fc.uint8Array({ maxLength: 40 }) as fc.Arbitrary<Frame>), {
      maxLength: 6,
    })
    .map((all) => Buffer.concat(all.map((frame) => Buffer.from(wrapped(carrier, frame)))));
  const anything = fc.oneof(streams, fc.uint8Array({ maxLength: 300 }));

  describe(`wire: ${name}`, () => {
    it("hands on what was wrapped, in order", () => {
      fc.assert(
        fc.property(fc.array(frames, { maxLength: 6 }), (all) => {
          const bytes = Buffer.concat(all.map((frame) => Buffer.from(wrapped(carrier, frame))));
          expect(taken(carrier.open(), [bytes])).toEqual(all.map((it) => hexOf(it)));
        }),
      );
    });

    it("hands on the same wherever the bytes are cut", () => {
      fc.assert(
        fc.property(
          anything,
          fc.infiniteStream(fc.integer({ min: 1, max: 20 })),
          (bytes, sizes) => {
            const whole = taken(carrier.open(), [bytes]);
            const each = Array.from(bytes, (byte) => Uint8Array.of(byte));
            expect(taken(carrier.open(), each)).toEqual(whole);
            expect(taken(carrier.open(), cut(bytes, sizes))).toEqual(whole);
          },
        ),
      );
    });

    it("leaves the bytes that it takes as they were", () => {
      fc.assert(
        fc.property(anything, (bytes) => {
          const before = Buffer.from(bytes);
          taken(carrier.open(), [bytes]);
          expect(before.equals(bytes)).toBe(true);
        }),
      );
    });

    it("hands nothing on after a failure", () => {
      fc.assert(
        fc.property(anything, anything, (bytes, more) => {
          const wire = carrier.open();
          const first = wire.take(bytes, () => {});
          fc.pre(!first.ok);
          expect(taken(wire, [more]).filter((it) => it !== FAILED)).toEqual([]);
        }),
        { numRuns: 30 },
      );
    });
  });
}

/** As a peer would send it: framed as the server frames what it sends. */
function wrapped(carrier: StreamCarrier, frame: Frame): Frame {
  return carrier.open().wrap(frame);
}

/** What came out, in hex, and where it ended. */
function taken(wire: Wire, chunks: readonly Uint8Array[]): readonly string[] {
  const frames: string[] = [];
  for (const chunk of chunks) {
    if (wire.take(chunk, (frame) => frames.push(hexOf(frame))).ok) continue;
    frames.push(FAILED);
    break;
  }
  return frames;
}

function cut(bytes: Uint8Array, sizes: Iterable<number>): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) break;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const hexOf = (frame: Frame): string => Buffer.from(frame as string).toString("hex");
const FAILED = "failed";
