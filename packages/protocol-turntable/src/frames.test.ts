import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RoomEvent } from "@roundhouse/domain";
import type { RoomId, UserId } from "@roundhouse/kernel";
import type { Bounds } from "@roundhouse/protocol";
import { describe, expect, it } from "vitest";
import { turntable } from "./protocol.ts";

const BOUNDS: Bounds = {
  depthMax: 8,
  actionsMax: 4,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 10_000,
};
const protocol = turntable(BOUNDS);
const folder = join(import.meta.dirname, "..", "frames");
const frame = (file: string): string => readFileSync(join(folder, `${file}.txt`), "utf8");

const good = [
  {
    file: "client-idme",
    said: { command: "idme", id: "1:12345", seen: new Map() },
  },
  {
    file: "client-idme-token",
    said: { command: "idme", id: "1:12345", token: "a.b.c", seen: new Map() },
  },
  {
    file: "client-idme-resume",
    said: {
      command: "idme",
      id: "1:12345",
      resume: "sixteen letters!",
      seen: new Map([["CStrike", 7]]),
    },
  },
  { file: "client-subscribe", said: { command: "subscribe", ids: ["1:2345", "1:3456", "1:789"] } },
  { file: "client-unsubscribe", said: { command: "unsubscribe", ids: ["1:2345"] } },
  {
    file: "client-joingame",
    said: { command: "joingame", channel: "CStrike", self: "1:3456", invite: ["1:2345"] },
  },
  { file: "client-leavegame", said: { command: "leavegame", channel: "CStrike" } },
  { file: "client-invite", said: { command: "invite", channel: "CStrike", user: "1:2345" } },
  { file: "client-status", said: { command: "status", away: true } },
  { file: "client-whothere", said: { command: "whothere" } },
  { file: "client-whothere-bare", said: { command: "whothere" } },
  {
    file: "client-game",
    said: {
      command: "game",
      channel: "CStrike",
      actions: [{ at: 10_223_232, fields: '"data": {"strike_one":"1:1234"}' }],
      extra: "",
    },
  },
  {
    file: "client-game-quick",
    said: {
      command: "game",
      channel: "CStrike",
      actions: [{ at: 10_223_232, fields: '"data":{"strike_one":"1:1234"}' }],
      extra: "",
    },
  },
  {
    file: "client-game-exact",
    said: {
      command: "game",
      channel: "CStrike",
      actions: [{ at: undefined, fields: '"b":12345678901234567890,"a":-0,"\\u0063":"\\u00e9"' }],
      extra: '"team":1.50',
    },
  },
];

const bad = [
  { file: "bad-document-unquoted", code: "frame_malformed" },
  { file: "bad-document-brace", code: "frame_malformed" },
  { file: "bad-empty", code: "frame_malformed" },
  { file: "bad-not-json", code: "frame_malformed" },
  { file: "bad-number", code: "command_unknown" },
  { file: "bad-array", code: "command_unknown" },
  { file: "bad-unknown-command", code: "command_unknown" },
  { file: "bad-no-command", code: "command_unknown" },
  { file: "bad-userchange", code: "command_unknown" },
  { file: "bad-userbind", code: "command_unknown" },
  { file: "bad-idme-number", code: "name_invalid" },
  { file: "bad-idme-empty", code: "name_invalid" },
  { file: "bad-idme-secret", code: "resume_secret_invalid" },
  { file: "bad-subscribe-text", code: "field_invalid" },
  { file: "bad-subscribe-many", code: "subscriptions_limit" },
  { file: "bad-joingame-channel", code: "channel_missing" },
  { file: "bad-joingame-invites", code: "invites_limit" },
  { file: "bad-game-actions", code: "field_invalid" },
  { file: "bad-game-many", code: "actions_limit" },
  { file: "bad-game-deep", code: "frame_too_deep" },
  { file: "bad-status", code: "field_invalid" },
];

const room = "CStrike" as RoomId;
const [ana, ben, carl] = ["1:2345", "1:3456", "1:789"] as [UserId, UserId, UserId];
const strike = (seq: number, from: UserId, whom: string): RoomEvent => ({
  on: "game",
  seq,
  from,
  actions: [{ at: 1_799_999_999_997 + seq, fields: `"data":{"strike_one":"${whom}"}` }],
  extra: "",
});
const server = [
  { file: "server-idyou", sent: protocol.encode({ command: "idyou" }) },
  {
    file: "server-userchange",
    sent: protocol.encode({
      command: "userchange",
      statuses: [
        [ana, "online"],
        [ben, "offline"],
        [carl, "busy"],
      ],
    }),
  },
  {
    file: "server-invite",
    sent: protocol.encode({ command: "invite", channel: room, user: ana, from: ben }),
  },
  {
    file: "server-there",
    sent: protocol.encode({ command: "there", users: ["1:12345" as UserId, ben] }),
  },
  {
    file: "server-error",
    sent: protocol.encode({
      command: "error",
      code: "not_a_member",
      message: "Join the channel before you speak in it.",
      request: undefined,
    }),
  },
  { file: "server-resumed", sent: protocol.encode({ command: "resumed", channels: [room] }) },
  { file: "server-gap", sent: protocol.encode({ command: "gap", channel: room, lost: 4 }) },
  {
    file: "server-game",
    sent: protocol.broadcast(room, [strike(3, ben, "1:1234"), strike(4, ana, "1:3456")])[0],
  },
  {
    file: "server-game-extra",
    sent: protocol.broadcast(room, [
      {
        on: "game",
        seq: 3,
        from: ben,
        actions: [{ at: 1_800_000_000_000, fields: "" }],
        extra: '"team":1.50',
      },
    ])[0],
  },
];

describe("a frame kept in frames/", () => {
  it.each(good)("$file says what it says", ({ file, said }) => {
    expect(protocol.decode(frame(file))).toEqual({ ok: true, value: said });
  });

  it.each(bad)("$file is refused as $code", ({ file, code }) => {
    expect(protocol.decode(frame(file))).toMatchObject({ ok: false, code });
  });

  it.each(server)("$file is sent byte by byte", ({ file, sent }) => {
    expect(sent).toBe(frame(file));
    expect(() => JSON.parse(frame(file))).not.toThrow();
  });

  it("is in one of these tables, and each line of a table has its file", () => {
    const files = readdirSync(folder).map((name) => name.replace(/\.txt$/, ""));
    const listed = [...good, ...bad, ...server].map(({ file }) => file);
    expect(files.filter((name) => !name.startsWith("v2-")).sort()).toEqual(listed.sort());
  });
});
