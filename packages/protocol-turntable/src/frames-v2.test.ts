import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RoomId, UserId } from "@roundhouse/kernel";
import type { Bounds } from "@roundhouse/protocol";
import { describe, expect, it } from "vitest";
import { turntable2 } from "./protocol.ts";

const BOUNDS: Bounds = {
  depthMax: 8,
  actionsMax: 4,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 10_000,
};
const protocol = turntable2(BOUNDS);
const folder = join(import.meta.dirname, "..", "frames");
/** Kept as hexadecimal digits: what a frame says stands in the table. */
const frame = (file: string): Uint8Array => {
  return new Uint8Array(Buffer.from(readFileSync(join(folder, `${file}.txt`), "utf8"), "hex"));
};

const good = [
  {
    file: "v2-client-login",
    said: { command: "login", id: "ana", password: "secret 1", seen: new Map(), request: 1 },
  },
  {
    file: "v2-client-signup",
    said: { command: "signup", id: "ana", password: "secret 1", nickname: "Ana", request: 1 },
  },
  {
    file: "v2-client-say",
    said: { command: "say", channel: "CStrike", text: "hello 🚂", request: 2 },
  },
  { file: "v2-client-befriend", said: { command: "befriend", user: "ben", text: "", request: 3 } },
  {
    file: "v2-client-answer",
    said: { command: "answer", name: { of: "friend", id: 12 }, how: "approve", request: 4 },
  },
  {
    file: "v2-client-create",
    said: {
      command: "create",
      channel: "CStrike",
      title: "CStrike",
      access: "password",
      password: "secret",
      request: 5,
    },
  },
];

const bad = [
  { file: "v2-bad-extension", code: "frame_malformed" },
  { file: "v2-bad-truncated", code: "frame_malformed" },
  { file: "v2-bad-login-password", code: "password_invalid" },
];

const room = "CStrike" as RoomId;
const [ana, ben] = ["ana", "ben"] as [UserId, UserId];
const at = 1_800_000_000_000;
const server = [
  { file: "v2-server-idyou", sent: protocol.encode({ command: "idyou" }) },
  {
    file: "v2-server-account",
    sent: protocol.encode({
      command: "account",
      user: ana,
      account: {
        born: 7,
        turn: 1,
        nickname: "Ana",
        description: "",
        friends: [ben],
        rooms: [room],
      },
    }),
  },
  {
    file: "v2-server-notice",
    sent: protocol.encode({
      command: "notice",
      notice: { on: "whispered", id: 3, at, from: ben, text: "psst" },
      kept: true,
    }),
  },
  {
    file: "v2-server-said",
    sent: protocol.broadcast(room, [
      { on: "said", seq: 3, id: 5, at, from: ana, text: "hello" },
    ])[0],
  },
  {
    file: "v2-server-ok",
    sent: protocol.encode({ command: "ok", request: 2, facts: { id: 5, timestamp: at } }),
  },
];

describe("a frame of version 2 kept in frames/", () => {
  it.each(good)("$file says what it says", ({ file, said }) => {
    expect(protocol.decode(frame(file))).toEqual({ ok: true, value: said });
  });

  it.each(bad)("$file is refused as $code", ({ file, code }) => {
    expect(protocol.decode(frame(file))).toMatchObject({ ok: false, code });
  });

  it.each(server)("$file is sent byte by byte", ({ file, sent }) => {
    expect(Buffer.from(sent as Uint8Array).toString("hex")).toBe(
      Buffer.from(frame(file)).toString("hex"),
    );
  });

  it("is in one of these tables, and each line of a table has its file", () => {
    const files = readdirSync(folder).map((name) => name.replace(/\.txt$/, ""));
    const listed = [...good, ...bad, ...server].map(({ file }) => file);
    expect(files.filter((name) => name.startsWith("v2-")).sort()).toEqual(listed.sort());
  });
});
