import { type Code, catalogue } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { errorOf } from "./answering.ts";
import { ERRORS, numberOf, reasonOf, SUCCESS } from "./errors.ts";
import { methods } from "./requests.contract.ts";

const codes = Object.keys(catalogue) as Code[];
const numbers: readonly number[] = Object.values(ERRORS);

describe("error numbers", () => {
  it("are those of section 3", () => {
    expect(ERRORS).toEqual({
      BAD_REQUEST: 233,
      USER_NOT_LOGGED_IN: 250,
      USER_ALREADY_LOGGED_IN: 251,
      INVALID_USER_ID: 300,
      INVALID_ROOM_ID: 301,
      INVALID_USER_PASSWORD: 310,
      INVALID_ROOM_PASSWORD: 311,
      INVALID_USER_NICKNAME: 320,
      INVALID_ROOM_NICKNAME: 321,
      INVALID_USER_DESCRIPTION: 330,
      INVALID_ROOM_DESCRIPTION: 331,
      INVALID_ROOM_ACCESS_TYPE: 340,
      USER_ALREADY_EXISTS: 400,
      ROOM_ALREADY_EXISTS: 401,
      TOO_MANY_WRONG_ATTEMPTS: 402,
      ID_PASSWORD_NOT_MATCH: 403,
      FORBIDDEN: 801,
      UNKNOWN: 999,
    });
    expect(SUCCESS).toBe(900);
  });

  it.each(codes)("%s has one, for every method", (code) => {
    expect(numbers).toContain(numberOf(code));
    for (const method of methods) expect(numbers).toContain(errorOf(method, code));
  });

  it.each(codes)("%s has a sentence that a client of SCRP can use", (code) => {
    expect(reasonOf(code)).toMatch(/^[A-Z].*\.$/);
  });

  it("no sentence that a client of SCRP gets speaks of another wire", () => {
    const heard = codes.filter((code) => numberOf(code) < ERRORS.UNKNOWN);
    const foreign = heard.filter((code) => /channel|idme|joingame|msgpack/.test(reasonOf(code)));
    expect(foreign.filter((code) => !NEVER_SAID.has(code))).toEqual([]);
  });

  it("a reason says what it is about", () => {
    expect(reasonOf("field_invalid", { field: "user_id" })).toMatch(/\(field user_id\)$/);
  });
});

/** Only turntable can run into these. */
const NEVER_SAID: ReadonlySet<Code> = new Set([
  "frame_unexpected",
  "channel_missing",
  "identity_missing",
  "identity_fixed",
  "token_missing",
]);
