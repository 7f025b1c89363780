import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readGame } from "./fields.ts";
import { decodeAny } from "./json.ts";

const bounds = {
  depthMax: 64,
  actionsMax: 256,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 1000,
};
const game = (actions: string, extra = ""): string => {
  return `{"command":"game","data":{"channel":"pit"${extra},"actions":[${actions}]}}`;
};

describe("what an action carries", () => {
  it.each([
    { fields: '"n":12345678901234567890', what: "a number too long for a double" },
    { fields: '"n":1e400', what: "a number too large for a double" },
    { fields: '"n":-0', what: "a negative zero" },
    { fields: '"n":1.50', what: "a number's last zero" },
    { fields: '"s":"\\u0041\\/\\ud83d\\ude82"', what: "escapes" },
    { fields: '"z":1,"a":2,"0":3', what: "the order of keys" },
    { fields: '"a":1,"a":2', what: "a key that comes twice" },
    { fields: '"__proto__":{"x":1},"constructor":null', what: "names of properties" },
    { fields: '"a" : [ 1 , { "b" : "}" } ]', what: "white space inside" },
    { fields: '"\\u0061":1', what: "an escaped key" },
    { fields: '"":{}', what: "an empty key" },
    { fields: '"s":"\\\\"', what: "a backslash before the end of a text" },
    { fields: '"s":"],}\\"{["', what: "brackets and quotes inside a text" },
    { fields: '"a":true,"b":false,"c":null', what: "words" },
    { fields: '"nested":{"timestamp":1,"from":"x"}', what: "time and sender further inside" },
  ])("is passed on as it came: $what", ({ fields }) => {
    const text = game(`{"timestamp":1,${fields}}`);
    expect(readGame(text).actions).toEqual([fields]);
    expect(readGame(game(`{${fields},"from":"x"}`)).actions).toEqual([fields]);
  });

  it("is one text per action", () => {
    expect(readGame(game('{"a":1}, {} ,{"b":2,"timestamp":3,"c":4}')).actions).toEqual([
      '"a":1',
      "",
      '"b":2,"c":4',
    ]);
  });

  it.each([
    '{"from":"mallory","a":1}',
    '{"a":1,"from":"mallory"}',
    '{"fr\\u006fm":"mallory","a":1}',
    '{"\\u0066rom":"mallory","a":1}',
    '{"from":"mallory","from":"mallory","a":1}',
    '{"from":{"from":"mallory"},"a":1}',
    '{ "from" : "mallory" , "a":1 }',
    '{"a":1,"\\u0074imestamp":9,"from":null}',
    '{"timestamp":[1,{"from":"x"}],"a":1,"timestamp":"later"}',
  ])("never names a sender or a time of its own, however it is spelt: %s", (action) => {
    expect(readGame(game(action)).actions).toEqual(['"a":1']);
  });
});

describe("what a message carries beside the known members", () => {
  it.each([
    { extra: '"team":1', what: "a member of the sender's own" },
    { extra: '"team":{"red":[1,2]},"x":1.50', what: "several, in their order" },
  ])("is passed on: $what", ({ extra }) => {
    expect(readGame(game("{}", `,${extra}`)).extra).toBe(extra);
  });

  it.each([
    '"seq":99',
    '"s\\u0065q":99',
    '"seq":1,"seq":2',
    '"channel":"other"',
    '"ch\\u0061nnel":"other"',
    '"\\u0061ctions":[{"x":1}]',
  ])("is never what the server says itself: %s", (extra) => {
    expect(readGame(game("{}", `,${extra},"team":1`)).extra).toBe('"team":1');
  });

  it("is that of the last data, like everything of a member that comes twice", () => {
    const text =
      '{"command":"game","data":{"channel":"a","team":1,"actions":[{"x":1}]},' +
      '"data":{"channel":"b","actions":[{"y":1}]}}';
    expect(readGame(text)).toMatchObject({ actions: ['"y":1'], extra: "" });
    expect(decodeAny(text, bounds)).toMatchObject({ value: { channel: "b" } });
  });
});

describe("how deep a message is", () => {
  it.each([
    { action: "{}", depth: 4 },
    { action: '{"a":[]}', depth: 5 },
    { action: '{"a":[[{"b":{}}]]}', depth: 8 },
    { action: '{"a":"[[[["}', depth: 4 },
  ])("is counted in brackets: $action is $depth", ({ action, depth }) => {
    expect(readGame(game(action)).depth).toBe(depth);
  });

  it("counts brackets anywhere in the message", () => {
    expect(readGame('{"x":[[[[[[]]]]]],"command":"game","data":{"actions":[]}}').depth).toBe(7);
  });
});

describe("any game message", () => {
  it("means the same after its way through the house: only time and sender are the server's", () => {
    const values = fc.jsonValue({ maxDepth: 3 });
    const keys = fc.oneof(
      fc.constantFrom("timestamp", "from", "data", "__proto__", 'a"b', "\\", "🚂"),
      fc.string({ unit: "binary", maxLength: 5 }),
    );
    const actions = fc.array(fc.dictionary(keys, values), { maxLength: 4 });
    const layout = fc.constantFrom(undefined, 1, "\t");
    fc.assert(
      fc.property(actions, fc.dictionary(keys, values), layout, (said, extra, space) => {
        const data = { ...extra, channel: "pit", actions: said };
        const text = JSON.stringify({ command: "game", data }, null, space);
        const read = readGame(text);
        const again = read.actions.map((fields) => JSON.parse(`{${fields}}`));
        expect(again).toEqual(JSON.parse(text).data.actions.map(without("timestamp", "from")));
        const rest = without("channel", "actions", "seq")(JSON.parse(text).data);
        expect(JSON.parse(`{${read.extra}}`)).toEqual(rest);
      }),
    );
  });
});

const without = (...names: readonly string[]) => {
  return (fields: object) => {
    return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
  };
};
