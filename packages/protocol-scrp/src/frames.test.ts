import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RoomEvent } from "@roundhouse/domain";
import type { RoomId, UserId } from "@roundhouse/kernel";
import type { Frame } from "@roundhouse/protocol";
import { describe, expect, it } from "vitest";
import { NOW } from "./client.contract.ts";
import { scrp } from "./protocol.ts";
import { cameOnline, eventTails, forcedOff, seconds } from "./pushes.ts";
import { type Reply, refusal } from "./reply.ts";
import { ScrpWire } from "./wire.ts";

/** The golden frames were written by Python's struct and json, as the original does it. */
const folder = join(import.meta.dirname, "..", "frames");
const bytesOf = (file: string): Buffer => {
  return Buffer.from(readFileSync(join(folder, `${file}.hex`), "utf8").replaceAll("\n", ""), "hex");
};
const protocol = scrp({
  depthMax: 32,
  actionsMax: 1,
  invitesMax: 1,
  subscriptionsMax: 1,
  identifyMs: 30_000,
});

/** All that these bytes say. */
function said(bytes: Uint8Array): readonly unknown[] {
  const all: unknown[] = [];
  const taken = new ScrpWire().take(bytes, (frame: Frame) => {
    const decoded = protocol.decode(frame);
    all.push(decoded.ok ? decoded.value : decoded.code);
  });
  return taken.ok ? all : [...all, taken.code];
}

const password = "a secret";
const signUp = {
  method: "SIGN_UP",
  user_id: "ana",
  user_password: password,
  user_nickname: "Erwin Schrödinger",
};
const time = (id: number) => ({ on: "asked", id, ask: { method: "GET_TIME" } });

const good = [
  { file: "client-sign-up", says: [{ on: "asked", id: 1, ask: signUp }] },
  { file: "client-sign-up-utf8", says: [{ on: "asked", id: 1, ask: signUp }] },
  {
    file: "client-log-in",
    says: [
      { on: "asked", id: 2, ask: { method: "LOG_IN", user_id: "ana", user_password: password } },
    ],
  },
  { file: "client-get-time", says: [time(3)] },
  {
    file: "client-create-room",
    says: [
      {
        on: "asked",
        id: 4,
        ask: {
          method: "CREATE_ROOM",
          room_id: "pit",
          room_nickname: "The pit",
          room_access: "public",
        },
      },
    ],
  },
  {
    file: "client-create-room-java",
    says: [
      {
        on: "asked",
        id: 5,
        ask: {
          method: "CREATE_ROOM",
          room_id: "pit",
          room_nickname: "The pit",
          room_access: "password",
          room_password: "open sesame",
        },
      },
    ],
  },
  {
    file: "client-change-room-access-alias",
    says: [
      {
        on: "asked",
        id: 6,
        ask: { method: "CHANGE_ROOM_ACCESS", room_id: "pit", room_access_type: "permission" },
      },
    ],
  },
  {
    file: "client-add-friend-printed",
    says: [
      {
        on: "asked",
        id: 7,
        ask: { method: "ADD_FRIEND", subject_user_id: "ben", verification_message: "It is me." },
      },
    ],
  },
  {
    file: "client-send-room-message",
    says: [
      {
        on: "asked",
        id: 4_294_967_295,
        ask: { method: "SEND_ROOM_MESSAGE", room_id: "pit", message: "🚂" },
      },
    ],
  },
  { file: "client-more-fields", says: [time(8)] },
  { file: "client-twice", says: [time(9)] },
  { file: "client-lines", says: [time(1), time(2)] },
];

const bad = [
  { file: "bad-empty", says: ["frame_malformed"] },
  { file: "bad-too-large", says: ["frame_too_large"] },
  { file: "bad-utf8", says: ["frame_malformed"] },
  { file: "bad-surrogate-utf8", says: ["frame_malformed"] },
  { file: "bad-bom", says: ["frame_malformed"] },
  { file: "bad-json", says: ["frame_malformed"] },
  { file: "bad-array", says: ["frame_malformed"] },
  { file: "bad-null", says: ["frame_malformed"] },
  { file: "bad-no-id", says: ["field_invalid"] },
  { file: "bad-id-text", says: ["field_invalid"] },
  { file: "bad-id-negative", says: ["field_invalid"] },
  { file: "bad-id-fraction", says: ["field_invalid"] },
  { file: "bad-id-large", says: ["field_invalid"] },
  { file: "bad-no-method", says: [{ on: "faulty", id: 7, code: "field_invalid" }] },
  { file: "bad-lower-case", says: [{ on: "faulty", id: 7, code: "command_unknown" }] },
  { file: "bad-method-constructor", says: [{ on: "faulty", id: 7, code: "command_unknown" }] },
  { file: "bad-method-proto", says: [{ on: "faulty", id: 7, code: "field_invalid" }] },
  { file: "bad-deep", says: [{ on: "faulty", id: 7, code: "frame_too_deep" }] },
  { file: "bad-missing-field", says: [{ on: "faulty", id: 7, code: "field_invalid" }] },
  { file: "bad-wrong-type", says: [{ on: "faulty", id: 7, code: "field_invalid" }] },
];

const words: RoomEvent = {
  on: "said",
  seq: 3,
  id: 65,
  at: NOW,
  from: "ana" as UserId,
  text: 'Schrödinger 🚂 \x7f \u2028 "\\/',
};
const [message = ""] = eventTails("pit" as RoomId, [words]);
const online = cameOnline("1:12345" as UserId);
const now = { time: seconds(NOW) };

const server: readonly { readonly file: string; readonly reply: Reply }[] = [
  { file: "server-success", reply: { on: "answer", id: 1, fields: {} } },
  { file: "server-refusal", reply: refusal(2, "password_wrong") },
  { file: "server-bad-request", reply: refusal(0, "frame_malformed") },
  { file: "server-time", reply: { on: "answer", id: 3, fields: now } },
  {
    file: "server-sent",
    reply: { on: "answer", id: 4_294_967_295, fields: { message_id: 65, ...now } },
  },
  { file: "server-new-room-message", reply: { on: "push", id: 1, tail: message } },
  { file: "server-user-online", reply: { on: "push", id: 2, tail: online } },
  {
    file: "server-forced",
    reply: { on: "push", id: 3, tail: forcedOff("You logged in over another connection.") },
  },
];

describe("golden frames", () => {
  it.each(good)("$file", ({ file, says }) => {
    expect(said(bytesOf(file))).toEqual(says);
  });

  it.each(bad)("$file", ({ file, says }) => {
    expect(said(bytesOf(file))).toMatchObject(says);
  });

  it.each(server)("$file", ({ file, reply }) => {
    const wrapped = new ScrpWire().wrap(protocol.encode(reply)) as Uint8Array;
    expect(Buffer.from(wrapped).toString("hex")).toBe(bytesOf(file).toString("hex"));
  });

  it("server-lines", () => {
    const wire = new ScrpWire();
    wire.take(bytesOf("client-lines"), () => {});
    const line = wire.wrap(protocol.encode({ on: "answer", id: 1, fields: now }));
    expect(Buffer.from(line as string)).toEqual(bytesOf("server-lines"));
  });

  it("each is tested", () => {
    const tested = [...good, ...bad, ...server].map(({ file }) => `${file}.hex`);
    expect([...tested, "server-lines.hex"].sort()).toEqual(readdirSync(folder).sort());
  });
});
