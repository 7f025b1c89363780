import type { Frame } from "@roundhouse/protocol";
import { describeProtocol } from "@roundhouse/protocol/contract";
import fc from "fast-check";
import { Packr } from "msgpackr";
import { turntable, turntable2 } from "./protocol.ts";

/** The commands of version 2 alone. */
const OWN =
  "login signup say befriend answer unfriend whisper describe profile search password heed " +
  "create enter remove ban admin adjust dissolve about";
const id = fc.constantFrom<unknown>("ana", "ben", "__proto__", "", 7, null, "🚂", "x".repeat(300));
const channel = fc.constantFrom<unknown>("pit", "hall", "constructor", "", undefined, 7);
const token = fc.constantFrom<unknown>(undefined, "a token", 7);
const secret = fc.constantFrom<unknown>(undefined, "short", "x".repeat(16), 7);
const password = fc.constantFrom<unknown>("secret 1", "short", "\u0000", undefined, 7);
const text = fc.constantFrom<unknown>("", "hello", "🚂", "x".repeat(5000), undefined, 7);
const ids = fc.oneof(fc.array(id, { maxLength: 6 }), fc.jsonValue());
const action = fc.oneof(
  fc.record(
    { timestamp: fc.oneof(fc.integer(), fc.constant("x")), from: id, data: fc.jsonValue() },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);
const data = fc.oneof(
  id,
  ids,
  fc.constantFrom<unknown>("away", "online"),
  fc.record({
    id,
    token,
    resume: secret,
    seen: fc.constantFrom<unknown>(undefined, { pit: 1 }, 3),
  }),
  fc.record({ channel, self: id, token, invite: ids }),
  fc.record({ channel, user: id, after: fc.integer() }),
  fc.record({ channel, actions: fc.array(action, { maxLength: 6 }), seq: fc.integer() }),
  fc.record({ id, password, resume: secret, nickname: text, old: password, new: password }),
  fc.record(
    {
      channel,
      user: id,
      text,
      title: text,
      access: fc.constantFrom<unknown>("public", "password", "permission", 1),
      password,
      so: fc.boolean(),
      locked: fc.boolean(),
      capacity: fc.integer(),
      request: fc.constantFrom<unknown>("f1", "r2.pit", "x"),
      how: fc.constantFrom<unknown>("approve", "reject", "ignore", 1),
      kind: fc.constantFrom<unknown>("users", "rooms"),
      prefix: text,
    },
    { requiredKeys: ["channel", "user"] },
  ),
  fc.jsonValue(),
);
const command = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<unknown>("idme", "joingame", "game", "subscribe") },
  { weight: 4, arbitrary: fc.constantFrom<unknown>("invite", "leavegame", "status", "whothere") },
  { weight: 2, arbitrary: fc.constantFrom<unknown>("unsubscribe", "history", "userchange") },
  { weight: 6, arbitrary: fc.constantFrom<unknown>(...OWN.split(" ")) },
  { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<unknown> },
);
const messages = fc.record({ command, data });

describeProtocol("turntable", {
  open: turntable,
  frames: fc.oneof(
    messages.map((it): Frame => JSON.stringify(it)),
    fc.tuple(messages, fc.nat(), fc.string({ unit: "binary", maxLength: 2 })).map(mutatedText),
  ),
});

describeProtocol("turntable.v2", {
  open: turntable2,
  frames: fc.oneof(
    fc.tuple(messages, fc.option(fc.nat())).map(([it, request]) => packed(it, request)),
    fc.tuple(messages, fc.nat(), fc.nat(255)).map(mutatedBytes),
  ),
});

type Message = { readonly command: unknown; readonly data: unknown };

/** Some characters in the middle replaced by others. */
function mutatedText([message, place, by]: readonly [Message, number, string]): Frame {
  const text = JSON.stringify(message);
  const at = place % text.length;
  return text.slice(0, at) + by + text.slice(at + 1);
}

function mutatedBytes([message, place, by]: readonly [Message, number, number]): Frame {
  const bytes = packed(message, null) as Uint8Array;
  bytes[place % bytes.length] = by;
  return bytes;
}

function packed({ command: said, data: given }: Message, request: number | null): Frame {
  const packr = new Packr({ useRecords: false });
  return new Uint8Array(packr.pack(request === null ? [said, given] : [said, given, request]));
}
