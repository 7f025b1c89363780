import type { Frame } from "@roundhouse/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FRAME_BYTES_MAX, ScrpWire } from "./wire.ts";

const utf8 = new TextEncoder();
const textOf = (frame: Frame): string => Buffer.from(frame as Uint8Array).toString("utf8");

/** What comes out of these bytes, and "failed" where it ends. */
function taken(chunks: readonly (Uint8Array | string)[], wire = new ScrpWire()): string[] {
  const frames: string[] = [];
  for (const chunk of chunks) {
    const bytes = typeof chunk === "string" ? utf8.encode(chunk) : chunk;
    const isOk = wire.take(bytes, (frame) => frames.push(textOf(frame))).ok;
    if (!isOk) return [...frames, "failed"];
  }
  return frames;
}

const framed = (text: string): Uint8Array => {
  const body = utf8.encode(text);
  return Buffer.concat([header(body.length), body]);
};
const header = (size: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(size);
  return bytes;
};
const cutUp = (bytes: Uint8Array, at: readonly number[]): readonly Uint8Array[] => {
  const places = [
    0,
    ...at.map((it) => it % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
};

describe("four bytes of length, then JSON", () => {
  it("hands on each frame, whether they come together or in pieces", () => {
    const bytes = Buffer.concat([framed('{"a":1}'), framed('{"b":"é🚂"}')]);
    expect(taken([bytes])).toEqual(['{"a":1}', '{"b":"é🚂"}']);
    expect(taken([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(taken([bytes]));
  });

  it("hands on an empty frame: the peer is told that it is none", () => {
    expect(taken([header(0), framed("{}"), header(0)])).toEqual(["", "{}", ""]);
    expect(taken([Uint8Array.of(0, 0), Uint8Array.of(0, 0)])).toEqual([""]);
  });

  it("takes a frame of the greatest size, and none above it", () => {
    const greatest = `"${"x".repeat(FRAME_BYTES_MAX - 2)}"`;
    expect(taken([framed(greatest), framed("{}")])).toEqual([greatest, "{}"]);
    expect(taken([framed("{}"), header(FRAME_BYTES_MAX + 1)])).toEqual(["{}", "failed"]);
    expect(taken([framed(`${greatest} `)])).toEqual(["failed"]);
  });

  it("fails as soon as the length has come, and then for good", () => {
    const wire = new ScrpWire();
    expect(wire.take(Uint8Array.of(0xff, 0, 0), () => {}).ok).toBe(true);
    expect(wire.take(Uint8Array.of(0), () => {})).toMatchObject({ code: "frame_too_large" });
    expect(taken([framed("{}")], wire)).toEqual(["failed"]);
  });

  it("drops what is not whole when the connection ends: nothing is handed on", () => {
    expect(taken([framed("{}"), framed('{"a":1}').subarray(0, 9)])).toEqual(["{}"]);
  });

  it("answers in frames, also before anything came", () => {
    const wire = new ScrpWire();
    expect(Buffer.from(wire.wrap("{}") as Uint8Array).toString("hex")).toBe("000000027b7d");
    wire.take(framed("{}"), () => {});
    expect(Buffer.from(wire.wrap("{}") as Uint8Array).toString("hex")).toBe("000000027b7d");
  });

  it("keeps no more of a frame than has come", () => {
    const before = process.memoryUsage().arrayBuffers;
    const waiting = Array.from({ length: 200 }, () => {
      const slow = new ScrpWire();
      slow.take(header(FRAME_BYTES_MAX), () => {});
      slow.take(utf8.encode("x"), () => {});
      return slow;
    });
    const grown = process.memoryUsage().arrayBuffers - before;
    expect(waiting).toHaveLength(200);
    expect(grown).toBeLessThan(1_000_000); // 200 MiB if the lengths were believed.
  });
});

describe("JSON by lines, when the first byte is a brace", () => {
  it("hands on each line, with either line end, and ignores blank ones", () => {
    const text = '{"a":1}\n\n{"b":2}\r\n\r\n\n{"c":3}\n';
    const lines = ['{"a":1}', '{"b":2}', '{"c":3}'];
    expect(taken([text])).toEqual(lines);
    expect(taken([...text])).toEqual(lines);
  });

  it("hands on a character that was cut in two as one", () => {
    const bytes = utf8.encode('{"a":"🚂"}\n');
    for (let at = 1; at < bytes.length; at++) {
      expect(taken([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['{"a":"🚂"}']);
    }
  });

  it("goes on by lines, whatever they begin with", () => {
    expect(taken(["{}\n[1]\n\u0000\u0000\u0000\u0002{}\n"])).toEqual([
      "{}",
      "[1]",
      "\0\0\0\u0002{}",
    ]);
  });

  it("takes a line of the greatest size, and none above it, with or without its end", () => {
    const greatest = `{${"x".repeat(FRAME_BYTES_MAX - 1)}`;
    expect(taken([`${greatest}\n{}\n`])).toEqual([greatest, "{}"]);
    expect(taken([`{}\n${greatest}x\n`])).toEqual(["{}", "failed"]);
    expect(taken(["{}\n", greatest, "x"])).toEqual(["{}", "failed"]);
  });

  it("answers by lines, also that a line is too long", () => {
    const wire = new ScrpWire();
    taken(["{}\n", `${"x".repeat(FRAME_BYTES_MAX + 1)}`], wire);
    expect(wire.wrap("{}")).toBe("{}\n");
  });
});

describe("both framings", () => {
  const bodies = fc.array(
    fc.json().filter((it) => it.startsWith("{")),
    { minLength: 1 },
  );
  const cuts = fc.array(fc.nat(), { maxLength: 20 });

  it("any messages, cut anywhere, come out as they were", () => {
    fc.assert(
      fc.property(bodies, cuts, (all, at) => {
        const frames = Buffer.concat(all.map(framed));
        expect(taken(cutUp(frames, at))).toEqual(all);
        const lines = utf8.encode(all.map((it) => `${it}\n`).join(""));
        expect(taken(cutUp(lines, at))).toEqual(all);
      }),
    );
  });

  it("any bytes, cut anywhere, come out as when they come at once", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const isLines = fc.boolean();
    fc.assert(
      fc.property(bytes, cuts, isLines, (some, at, lines) => {
        const all = lines ? Buffer.concat([utf8.encode("{"), some]) : some;
        expect(taken(cutUp(all, at))).toEqual(taken([all]));
      }),
      { numRuns: 500 },
    );
  });
});
