/**
 * The framing: four bytes of length, then so many bytes of JSON; or, when the first byte of all is a
 * brace, one JSON object per line, both ways. It remembers half a frame, so it is changed in place.
 */
import { fail, ok, type Result } from "@roundhouse/kernel";
import type { Frame, Wire } from "@roundhouse/protocol";

/** What one message may weigh. */
export const FRAME_BYTES_MAX = 1_048_576;

type Each = (frame: Frame) => void;

export class ScrpWire implements Wire {
  #speaks: "nothing yet" | "frames" | "lines" = "nothing yet";
  /** Too much came: whatever follows is not looked at. */
  #isOver = false;
  /** The beginning of a frame whose rest has not come; only the first `#size` bytes count. */
  #kept = NOTHING;
  #size = 0;

  /** What is handed on is a view: it is read before `each` returns. */
  take(chunk: Uint8Array, each: Each): Result<void> {
    if (this.#isOver) return tooMuch();
    if (this.#speaks === "nothing yet" && chunk.length > 0) {
      this.#speaks = chunk[0] === BRACE ? "lines" : "frames";
    }
    const taken = this.#speaks === "lines" ? this.#lines(chunk, each) : this.#frames(chunk, each);
    if (!taken.ok) {
      this.#isOver = true;
      this.#whole();
    }
    return taken;
  }

  /** Only ASCII ever leaves, so a text has as many bytes as characters. */
  wrap(frame: Frame): Frame {
    if (this.#speaks === "lines") return typeof frame === "string" ? `${frame}\n` : frame;
    const bytes = new Uint8Array(HEADER_BYTES + frame.length);
    new DataView(bytes.buffer).setUint32(0, frame.length);
    if (typeof frame === "string") utf8.encodeInto(frame, bytes.subarray(HEADER_BYTES));
    else bytes.set(frame, HEADER_BYTES);
    return bytes;
  }

  #frames(chunk: Uint8Array, each: Each): Result<void> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#size === 0) {
        // Most chunks hold whole frames: these are never copied.
        const size = sizeOf(rest);
        if (size > FRAME_BYTES_MAX) return tooMuch();
        const end = HEADER_BYTES + size;
        if (end <= rest.length) {
          each(rest.subarray(HEADER_BYTES, end));
          rest = rest.subarray(end);
          continue;
        }
      }
      rest = this.#keep(rest, HEADER_BYTES);
      if (this.#size < HEADER_BYTES) break;
      const size = sizeOf(this.#kept);
      if (size > FRAME_BYTES_MAX) return tooMuch();
      rest = this.#keep(rest, HEADER_BYTES + size);
      if (this.#size === HEADER_BYTES + size) each(this.#whole().subarray(HEADER_BYTES));
    }
    return ok(undefined);
  }

  #lines(chunk: Uint8Array, each: Each): Result<void> {
    let rest = chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      if (this.#size + end > FRAME_BYTES_MAX) return tooMuch();
      const piece = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      if (this.#size === 0) handOn(piece, each);
      else {
        this.#keep(piece, this.#size + end);
        handOn(this.#whole(), each);
      }
    }
    if (this.#size + rest.length > FRAME_BYTES_MAX) return tooMuch();
    this.#keep(rest, this.#size + rest.length);
    return ok(undefined);
  }

  /** Keeps what is missing until there are `wanted` bytes; gives back what is left. */
  #keep(bytes: Uint8Array, wanted: number): Uint8Array {
    const size = Math.min(wanted, this.#size + bytes.length);
    if (size <= this.#size) return bytes;
    if (size > this.#kept.length) {
      // Doubled for what is there, not for what a length says will come.
      const grown = new Uint8Array(Math.max(size, this.#kept.length * 2, KEPT_BYTES_LEAST));
      grown.set(this.#kept.subarray(0, this.#size));
      this.#kept = grown;
    }
    const taken = size - this.#size;
    this.#kept.set(bytes.subarray(0, taken), this.#size);
    this.#size = size;
    return bytes.subarray(taken);
  }

  /** All that was kept; the next frame begins with nothing. */
  #whole(): Uint8Array {
    const whole = this.#kept.subarray(0, this.#size);
    this.#kept = NOTHING;
    this.#size = 0;
    return whole;
  }
}

/** A blank line is nothing; some end their lines with two characters. */
function handOn(line: Uint8Array, each: Each): void {
  const end = line[line.length - 1] === RETURN ? line.length - 1 : line.length;
  if (end > 0) each(line.subarray(0, end));
}

/** Zero while the header is not whole: the frame ends behind the bytes there are. */
function sizeOf(bytes: Uint8Array): number {
  const [a, b, c, d] = bytes;
  if (a === undefined || b === undefined || c === undefined || d === undefined) return 0;
  return a * 0x1_00_00_00 + b * 0x1_00_00 + c * 0x1_00 + d;
}

const tooMuch = (): Result<void> => fail("frame_too_large", { most: FRAME_BYTES_MAX });

const HEADER_BYTES = 4;
const KEPT_BYTES_LEAST = 256;
const BRACE = 0x7b;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const NOTHING = new Uint8Array(0);
const utf8 = new TextEncoder();
