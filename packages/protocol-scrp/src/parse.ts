/** From the bytes of one message to what was said: structure first, then the smallest number. */
import { type Code, fail, ok, type Result } from "@roundhouse/kernel";
import type { Bounds, Frame } from "@roundhouse/protocol";
import { doubtOf } from "./doubts.ts";
import { ERRORS, numberOf } from "./errors.ts";
import type { Field, Message } from "./fields.ts";
import { type Ask, entryOf, isMethod, type Method } from "./methods.ts";
import type { Said } from "./said.ts";

/** Fails only where no answer can name the request: the others are said, faults and all. */
export function decode(frame: Frame, bounds: Bounds): Result<Said> {
  const message = messageOf(frame);
  if (message === undefined) return fail("frame_malformed");
  const { req_id: id, method } = message;
  if (!isSerial(id)) return fail("field_invalid", { field: "req_id" });
  if (isDeeper(message, bounds.depthMax))
    return bad(id, "frame_too_deep", { most: bounds.depthMax });
  if (typeof method !== "string") return bad(id, "field_invalid", { field: "method" });
  if (!isMethod(method)) return bad(id, "command_unknown");
  return ok(read(id, method, message));
}

function read(id: number, method: Method, message: Message): Said {
  const ask: Record<string, unknown> = { method };
  let worst: { readonly code: Code; readonly field: string } | undefined;
  for (const [name, field] of Object.entries(entryOf(method).fields)) {
    const value = field.read(givenOf(message, name, field), message);
    if (value.ok) {
      if (value.value !== undefined) ask[name] = value.value;
    } else if (worst === undefined || numberOf(value.code) < numberOf(worst.code)) {
      worst = { code: value.code, field: name };
    }
  }
  // The table's types say which fields an ask has; the loop has put in just those.
  if (worst === undefined) return { on: "asked", id, ask: ask as Ask };
  const { code, field } = worst;
  const isPlain = numberOf(code) !== ERRORS.BAD_REQUEST;
  const faulty = { on: "faulty", id, method, code, facts: isPlain ? {} : { field } } as const;
  const doubt = doubtOf(method, ask, code);
  return doubt === undefined ? faulty : { ...faulty, doubt };
}

function givenOf(message: Message, name: string, { alias }: Field<unknown>): unknown {
  const given = message[name];
  return given === undefined && alias !== undefined ? message[alias] : given;
}

function messageOf(frame: Frame): Message | undefined {
  try {
    const text = typeof frame === "string" ? frame : utf8.decode(frame);
    if (text.length > FEW_LENGTH && isCrowded(text)) return undefined;
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) && !Array.isArray(parsed) ? (parsed as Message) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether it holds more values than any request could mean. A megabyte of them takes a hundred times as
 * long to read as a megabyte of text, so they are counted before.
 */
function isCrowded(text: string): boolean {
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if ((unit === COMMA || unit === BRACE || unit === BRACKET) && ++values > VALUES_MAX) {
      return true;
    }
  }
  return false;
}

/** Where the string ends that begins here, or else the text. */
function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote;
    at = quote + 1;
  }
}

/** Known fields are flat; what is not known is ignored, but must not be a bottomless pit. */
function isDeeper(value: object, most: number): boolean {
  if (most === 0) return true;
  for (const inner of Object.values(value)) {
    if (isObject(inner) && isDeeper(inner, most - 1)) return true;
  }
  return false;
}

const bad = (id: number, code: Code, facts = {}): Result<Said> => {
  return ok({ on: "faulty", id, method: undefined, code, facts });
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** uint32 */
const isSerial = (id: unknown): id is number => {
  return typeof id === "number" && Number.isInteger(id) && id >= 0 && id <= 4_294_967_295;
};

const [QUOTE, COMMA, BRACE, BRACKET, BACKSLASH] = [0x22, 0x2c, 0x7b, 0x5b, 0x5c];
/** Below this there are few values, however they are written. */
const FEW_LENGTH = 4_096;
/** The method with most fields has seven. */
const VALUES_MAX = 1_024;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
