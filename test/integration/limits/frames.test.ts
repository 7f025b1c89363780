/** Frames as no library sends them, and messages of every size: on a bare socket. */
import { describe, expect, it } from "vitest";
import { house } from "../house.ts";
import type { RawSocket } from "../raw-socket.ts";
import { BINARY, CLOSE, CONTINUATION, frame, PING, PONG, TEXT, textFrame } from "../raw-socket.ts";

const MOST = 4_096;
const inn = house({ MESSAGE_BYTES_MAX: MOST });

const upgraded = async (): Promise<RawSocket> => {
  const raw = await inn.knock();
  expect(await raw.upgrade()).toBe(101);
  return raw;
};

/** The next frame that holds a text with this in it. */
const heard = async (raw: RawSocket, part: string): Promise<string> => {
  return raw.until(() => {
    const payloads = raw.frames().map(({ payload }) => String(payload));
    return payloads.find((it) => it.includes(part));
  }, part);
};

const isAlive = async (raw: RawSocket): Promise<void> => {
  raw.write(textFrame("whothere"));
  await heard(raw, '"there"');
};

describe("a message", () => {
  it("in many fragments, with a ping between them, is one message", async () => {
    const raw = await upgraded();
    const text = JSON.stringify({ command: "idme", data: "ana" });
    raw.write(frame(TEXT, text.slice(0, 1), { isFinal: false }));
    for (const letter of text.slice(1, -1)) {
      raw.write(frame(CONTINUATION, letter, { isFinal: false }));
      raw.write(frame(PING, "still there?"));
    }
    raw.write(frame(CONTINUATION, text.slice(-1)));
    raw.write(textFrame("subscribe", ["ana"]));
    const seen: (readonly [number, string])[] = [];
    await raw.until(() => {
      seen.push(...raw.frames().map((it) => [it.opcode, String(it.payload)] as const));
      return seen.find(([, text]) => text.includes("online"));
    }, "online");
    expect(seen.filter(([opcode]) => opcode === PONG)).toHaveLength(text.length - 2);
  });

  it("byte by byte on the wire is one message", async () => {
    const raw = await upgraded();
    for (const byte of textFrame("whothere")) raw.write(Buffer.from([byte]));
    await heard(raw, '"there"');
  });

  it.each([
    { size: MOST, unit: "x", answer: "command_unknown" },
    { size: MOST + 1, unit: "x", answer: "frame_too_large" },
    { size: MOST * 4, unit: "x", answer: "frame_too_large" },
    { size: MOST + 2, unit: "ü", answer: "frame_too_large" },
  ])("of $size bytes of $unit: $answer", async ({ size, unit, answer }) => {
    const raw = await upgraded();
    const before = await inn.server.refusals(answer);
    const text = `"${unit.repeat((size - 2) / Buffer.byteLength(unit))}"`;
    raw.write(frame(TEXT, text));
    if (answer === "frame_too_large") await heard(raw, "frame_too_large");
    await isAlive(raw);
    expect(await inn.server.refusals(answer)).toBe(before + 1);
  });

  it("far too long is cut off without being read, also in fragments", async () => {
    const whole = await upgraded();
    whole.write(frame(TEXT, "x".repeat(100), { claims: 1_000_000_000 }));
    expect(await whole.closeCode()).toBe(1006);
    const parts = await upgraded();
    for (let n = 0; n < 10; n++) {
      parts.write(frame(n === 0 ? TEXT : CONTINUATION, "x".repeat(MOST), { isFinal: false }));
    }
    expect(await parts.closeCode()).toBe(1006);
  });

  it("in a binary frame is ignored on version 1, and counted", async () => {
    const raw = await upgraded();
    const before = await inn.server.refusals("frame_unexpected");
    raw.write(frame(BINARY, JSON.stringify({ command: "idme", data: "bob" })));
    raw.write(frame(BINARY, Buffer.from([0xc1, 0xff, 0])));
    raw.write(frame(BINARY, ""));
    await isAlive(raw);
    expect(await inn.server.refusals("frame_unexpected")).toBe(before + 3);
  });
});

describe("a frame that breaks the rules ends the connection, and only that one", () => {
  it.each([
    { what: "text that is no UTF-8", bytes: frame(TEXT, Buffer.from([0x22, 0xff, 0x22])) },
    { what: "an opcode nobody assigned", bytes: frame(3, "x") },
    { what: "a reserved bit", bytes: frame(TEXT, "x", { reserved: 4 }) },
    { what: "a continuation of nothing", bytes: frame(CONTINUATION, "x") },
    { what: "a fragmented ping", bytes: frame(PING, "x", { isFinal: false }) },
    { what: "a ping of 126 bytes", bytes: frame(PING, "x".repeat(126)) },
    { what: "a length beyond all numbers", bytes: frame(TEXT, "x", { claims: 2 ** 53 }) },
    {
      what: "a text inside a text",
      bytes: Buffer.concat([frame(TEXT, "x", { isFinal: false }), frame(TEXT, "y")]),
    },
  ])("$what", async ({ bytes }) => {
    const other = await inn.enterAs("ben");
    const raw = await upgraded();
    raw.write(bytes);
    // Whatever it is closed with, it is closed.
    await raw.until(() => (raw.isEnded ? true : undefined), "the end");
    other.say("whothere");
    expect(await other.expect("there")).toEqual(["ben"]);
  });

  it("without a mask it is not taken for what it says", async () => {
    const other = await inn.enter();
    other.say("subscribe", ["eve"]);
    await other.expect("userchange");
    const raw = await upgraded();
    raw.write(frame(TEXT, '{"command":"idme","data":"eve"}', { isMasked: false }));
    raw.write(Buffer.alloc(64));
    raw.drop();
    const eve = await inn.enterAs("eve");
    await other.expectStatus("eve", "online");
    await eve.leave();
    await other.expectStatus("eve", "offline");
    expect(await other.statuses("eve", 3)).toEqual(["offline", "online", "offline"]);
  });

  it("a close is answered with a close, whatever is in it", async () => {
    for (const payload of [Buffer.alloc(0), Buffer.from([3]), Buffer.from([0x13, 0x88, 0xff])]) {
      const raw = await upgraded();
      raw.write(frame(CLOSE, payload));
      await raw.until(() => (raw.isEnded ? true : undefined), "the end");
    }
    const raw = await upgraded();
    raw.write(frame(CLOSE, Buffer.from([0x03, 0xe8])));
    expect(await raw.closeCode()).toBe(1000);
  });
});

describe("a handshake that never comes to an end", () => {
  it("is ended by the server: half an upgrade, nothing at all, TLS", {
    timeout: 30_000,
  }, async () => {
    const begun = ["GET / HTTP/1.1\r\nUpgrade: webs", "", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc"];
    await Promise.all(
      begun.map(async (bytes) => {
        const raw = await inn.knock();
        raw.write(bytes);
        await raw.until(() => (raw.isEnded ? true : undefined), "the end", 25_000);
      }),
    );
    expect(await inn.server.metric("roundhouse_connections")).toBe(0);
  });
});
