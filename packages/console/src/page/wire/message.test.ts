import { describe, expect, it } from "vitest";
import { commandOf, parseMessage } from "./message.ts";

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
      text: '{"command":"game","data":{"channel":"c","seq":17,"actions":[{"timestamp":1,"from":"a","data":{}},3]}}',
      message: {
        command: "game",
        channel: "c",
        seq: 17,
        actions: [{ timestamp: 1, from: "a", data: {} }],
      },
    },
  ])("is understood: $text", ({ text, message }) => {
    expect(parseMessage(text)).toEqual(message);
  });

  it.each(["", "{", "null", "7", "[]", '{"command":"news"}', '{"data":{}}'])(
    "is let pass when it is %j",
    (text) => expect(parseMessage(text)).toBeUndefined(),
  );

  it("does not mix up a user called __proto__ with the language", () => {
    const message = parseMessage('{"command":"userchange","data":{"__proto__":"online"}}');
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
    { text: "nonsense", command: "" },
    { text: '{"command":7}', command: "" },
  ])("of $text is '$command'", ({ text, command }) => {
    expect(commandOf(text)).toBe(command);
  });
});
