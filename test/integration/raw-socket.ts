/** A bare TCP socket that speaks WebSocket by hand: for frames that no library would send. */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { Conditions } from "./condition.ts";

export type Frame = { readonly opcode: number; readonly payload: Buffer };

export const TEXT = 1;
export const CONTINUATION = 0;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export type FrameShape = {
  readonly isFinal?: boolean;
  readonly isMasked?: boolean;
  readonly reserved?: number;
  /** A length that the payload does not have. */
  readonly claims?: number;
};

/** A frame of a client. */
export function frame(opcode: number, given: string | Buffer, shape: FrameShape = {}): Buffer {
  const { isFinal = true, isMasked = true, reserved = 0 } = shape;
  const payload = Buffer.from(given);
  const length = shape.claims ?? payload.length;
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = isMasked ? 0x80 : 0;
  let head: Buffer;
  if (length < 126) head = Buffer.from([first, maskBit | length]);
  else if (length < 65_536) {
    head = Buffer.from([first, maskBit | 126, length >> 8, length & 255]);
  } else {
    head = Buffer.alloc(10);
    head.set([first, maskBit | 127]);
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  if (!isMasked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([head, mask, masked]);
}

export const textFrame = (command: string, data?: unknown): Buffer => {
  return frame(TEXT, JSON.stringify({ command, data }));
};

export class RawSocket {
  readonly #socket: Socket;
  readonly #conditions = new Conditions();
  readonly #parts: Buffer[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  /** How much came since the beginning. */
  received = 0;
  isEnded = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (part) => {
      this.received += part.length;
      this.#parts.push(part);
      this.#conditions.changed();
    });
    // A reset is an end as well: what arrived before it counts.
    socket.on("error", () => {});
    const ended = (): void => {
      this.isEnded = true;
      this.#conditions.changed();
    };
    socket.on("end", ended).on("close", ended);
  }

  /** `from` is the address of this side: all of 127.0.0.0/8 is this machine. */
  static open(port: number, from = "127.0.0.1"): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, localAddress: from });
      socket.once("connect", () => resolve(new RawSocket(socket)));
      socket.once("error", reject);
    });
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Everything that came and was not yet consumed. */
  get text(): string {
    return this.#gathered().toString("latin1");
  }

  /** The head of an HTTP answer and its status; the rest stays. */
  async answer(): Promise<{ readonly status: number; readonly head: string }> {
    const head = await this.until(() => {
      const end = this.text.indexOf("\r\n\r\n");
      return end < 0 ? undefined : this.text.slice(0, end);
    }, "an answer");
    this.#bytes = this.#gathered().subarray(head.length + 4);
    return { status: Number(head.split(" ")[1]), head };
  }

  /** Asks for the upgrade and answers with what the server says to it. */
  async upgrade(headers: readonly string[] = []): Promise<number> {
    this.write(
      [
        "GET / HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ...headers,
        "\r\n",
      ].join("\r\n"),
    );
    return (await this.answer()).status;
  }

  /** Every whole frame that came and was not yet consumed. */
  frames(): readonly Frame[] {
    const frames: Frame[] = [];
    let bytes = this.#gathered();
    for (;;) {
      const size = sizeOf(bytes);
      if (size === undefined || bytes.length < size.whole) break;
      const payload = bytes.subarray(size.whole - size.payload, size.whole);
      frames.push({ opcode: (bytes[0] ?? 0) & 15, payload });
      bytes = bytes.subarray(size.whole);
    }
    this.#bytes = bytes;
    return frames;
  }

  /** The code in the close frame that the server sent, or 1006 when it ended without one. */
  async closeCode(): Promise<number> {
    const seen: Frame[] = [];
    return this.until(() => {
      seen.push(...this.frames());
      const close = seen.find(({ opcode }) => opcode === CLOSE);
      if (close !== undefined) return close.payload.readUInt16BE(0);
      return this.isEnded ? 1006 : undefined;
    }, "a close frame");
  }

  until<Value>(look: () => Value | undefined, what: string, patienceMs?: number): Promise<Value> {
    return this.#conditions.until(look, () => `${what}; ${this.text.slice(0, 500)}`, patienceMs);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  drop(): void {
    this.#socket.destroy();
  }

  #gathered(): Buffer {
    if (this.#parts.length > 0)
      this.#bytes = Buffer.concat([this.#bytes, ...this.#parts.splice(0)]);
    return this.#bytes;
  }
}

/** How long the first frame is, as far as it shows. */
function sizeOf(bytes: Buffer): { readonly whole: number; readonly payload: number } | undefined {
  const short = (bytes[1] ?? 0) & 127;
  const head = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < head) return undefined;
  if (short < 126) return { whole: head + short, payload: short };
  const payload = short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { whole: head + payload, payload };
}
