import { describe, expect, it } from "vitest";
import { commandOf, parseJson, parseMessage } from "./message.ts";

describe("a frame from the server", () => {
  it.each([
    { text: '{"command":"idyou","data":{}}', message: { command: "idyou" } },
    {
      text: '{"command":"userchange","data":{"1:2345":"online","ben":"away","x":"asleep"}}',
      message: {
        command: "userchange",
        statuses: new Map([
          ["1:2345", "online"],
          ["ben", "away"],
        ]),
      },
    },
    {
      text: '{"command":"invite","data":{"channel":"CStrike","user":"ben"}}',
      message: { command: "invite", channel: "CStrike" },
    },
    { text: '{"command":"there","data":["ana",7]}', message: { command: "there", ids: ["ana"] } },
    {
      text: '{"command":"error","data":{"code":"room_full","message":"Full."}}',
      message: { command: "error", code: "room_full", message: "Full." },
    },
    {
      text: '["error",{"code":"room_full","message":"Full."},3]',
      message: { command: "error", code: "room_full", message: "Full.", request: 3 },
    },
    {
      text: '["said",{"channel":"c","seq":3,"id":1,"from":"ana","text":"hello","timestamp":7}]',
      message: { command: "said", channel: "c", from: "ana", text: "hello", timestamp: 7 },
    },
    {
      text: '["ok",{"token":"a.b.c"},1]',
      message: { command: "ok", token: "a.b.c", timestamp: 0, request: 1 },
    },
    {
      text: '["account",{"user":"ana","friends":["ben",7],"requests":[{"request":"f1","from":"cleo","text":"it is me"}]}]',
      message: {
        command: "account",
        friends: ["ben"],
        requests: [{ request: "f1", from: "cleo", text: "it is me", channel: "" }],
      },
    },
    {
      text: '["notice",{"kind":"whispered","id":1,"timestamp":7,"from":"ben","text":"psst","kept":true}]',
      message: {
        command: "notice",
        kind: "whispered",
        request: "",
        from: "ben",
        text: "psst",
        channel: "",
        user: "",
        why: "",
        timestamp: 7,
        kept: true,
      },
    },
    {
      text: '{"command":"game","data":{"channel":"c","seq":17,"actions":[{"timestamp":1,"from":"a","data":{}},3]}}',
      message: {
        command: "game",
        channel: "c",
        seq: 17,
        actions: [{ timestamp: 1, from: "a", data: {} }],
      },
    },
  ])("is understood: $text", ({ text, message }) => {
    expect(parseMessage(parseJson(text))).toEqual(message);
  });

  it.each(["", "{", "null", "7", "[]", '{"command":"news"}', '{"data":{}}'])(
    "is let pass when it is %j",
    (text) => expect(parseMessage(parseJson(text))).toBeUndefined(),
  );

  it("does not mix up a user called __proto__ with the language", () => {
    const text = '{"command":"userchange","data":{"__proto__":"online"}}';
    const message = parseMessage(parseJson(text));
    expect(message).toEqual({
      command: "userchange",
      statuses: new Map([["__proto__", "online"]]),
    });
  });
});

describe("the command of a frame", () => {
  it.each([
    { text: '{"command":"idme","data":"ana"}', command: "idme" },
    { text: '"whothere"', command: "whothere" },
    { text: '["say",{},1]', command: "say" },
    { text: "nonsense", command: "" },
    { text: '{"command":7}', command: "" },
  ])("of $text is '$command'", ({ text, command }) => {
    expect(commandOf(text)).toBe(command);
  });
});
