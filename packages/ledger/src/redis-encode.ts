/**
 * A command as Redis reads it, in one buffer: what never changes of it is encoded once. The driver's own
 * way costs some microseconds for each argument, and a commit has many.
 */

export type Argument = string | Uint8Array;

/** The beginning of a command. */
export type Head = { readonly count: number; readonly bytes: Buffer };

export function headOf(...words: readonly string[]): Head {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return { count: words.length, bytes: Buffer.from(parts.join("")) };
}

/** `*<count>`, then `$<bytes>` and the bytes of each argument, every line ended by CR LF. */
export function encode({ count, bytes }: Head, args: readonly Argument[]): Buffer {
  // A string takes three bytes a character at most.
  let most = bytes.length + NUMBER_CHARS + 3;
  for (const arg of args) {
    most += (typeof arg === "string" ? arg.length * 3 : arg.length) + NUMBER_CHARS + 5;
  }
  const target = Buffer.allocUnsafe(most);
  let at = putLine(target, 0, ASTERISK, count + args.length);
  target.set(bytes, at);
  at += bytes.length;
  for (const arg of args) {
    if (typeof arg === "string") at = putText(target, at, arg);
    else {
      at = putLine(target, at, DOLLAR, arg.length);
      target.set(arg, at);
      at += arg.length;
    }
    target[at++] = CR;
    target[at++] = LF;
  }
  return target.subarray(0, at);
}

function putText(target: Buffer, start: number, text: string): number {
  if (text.length > SHORT_CHARS) {
    const at = putLine(target, start, DOLLAR, Buffer.byteLength(text));
    return at + target.write(text, at);
  }
  // Short and plain, as keys, ids and numbers are: quicker than a call into the engine.
  let at = putLine(target, start, DOLLAR, text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) {
      const from = putLine(target, start, DOLLAR, Buffer.byteLength(text));
      return from + target.write(text, from);
    }
    target[at++] = code;
  }
  return at;
}

/** A sign and a number, as a line. */
function putLine(target: Buffer, start: number, sign: number, number: number): number {
  let at = start;
  target[at++] = sign;
  let power = 1;
  while (power * 10 <= number) power *= 10;
  for (let left = number; power >= 1; power = Math.floor(power / 10)) {
    const digit = Math.floor(left / power);
    target[at++] = ZERO + digit;
    left -= digit * power;
  }
  target[at++] = CR;
  target[at++] = LF;
  return at;
}

const SHORT_CHARS = 40;
const NUMBER_CHARS = 12;
const [ASTERISK, DOLLAR, ZERO, CR, LF] = [42, 36, 48, 13, 10];
