/** What a client is sent, and how: compact JSON in pure ASCII, as the original emits it. */
import type { Code, Facts } from "@roundhouse/kernel";
import { numberOf, reasonOf, SUCCESS } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

export type Reply =
  | { readonly on: "answer"; readonly id: number; readonly fields: Fields }
  | {
      readonly on: "refusal";
      readonly id: number;
      readonly err: number;
      readonly code: Code;
      readonly facts: Facts;
    }
  /** `tail` is all of it behind the number: made once for all who hear of a room. */
  | { readonly on: "push"; readonly id: number; readonly tail: string };

export function encode(reply: Reply): string {
  switch (reply.on) {
    case "answer":
      return ascii({ resp_id: reply.id, err: SUCCESS, ...reply.fields });
    case "refusal": {
      const { id, err, code, facts } = reply;
      return ascii({ resp_id: id, err, reason: reasonOf(code, facts) });
    }
    case "push":
      return `{"push_id":${reply.id},${reply.tail}`;
  }
}

/** What stands behind the number of a push. */
export const tailOf = (method: string, fields: Fields): string => {
  return ascii({ method, ...fields }).slice(1);
};

type Refusal = Extract<Reply, { on: "refusal" }>;

/** `err` is the number for a method where that differs. */
export const refusal = (
  id: number,
  code: Code,
  { facts = {}, err = numberOf(code) }: Partial<Pick<Refusal, "facts" | "err">> = {},
): Reply => ({ on: "refusal", id, err, code, facts });

function ascii(fields: Fields): string {
  const text = JSON.stringify(fields);
  return BEYOND.test(text) ? text.replace(BEYOND_ALL, escaped) : text;
}

const escaped = (unit: string): string => {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
};

const BEYOND = /[\u007f-\uffff]/;
const BEYOND_ALL = /[\u007f-\uffff]/g;
