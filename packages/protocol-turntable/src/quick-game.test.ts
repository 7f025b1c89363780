import type { Bounds } from "@roundhouse/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAny } from "./json.ts";
import { readQuickGame } from "./quick-game.ts";

const bounds: Bounds = {
  depthMax: 8,
  actionsMax: 3,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 1000,
};
const game = (...actions: readonly string[]): string => {
  return `{"command":"game","data":{"channel":"pit","actions":[${actions}]}}`;
};

/** The quick reader may leave a text to the general one, but never read it otherwise. */
function expectAgreement(text: string): void {
  const quick = readQuickGame(text, bounds);
  if (quick !== undefined) expect(decodeAny(text, bounds)).toEqual({ ok: true, value: quick });
}

describe("the quick reader", () => {
  it.each([
    '{"timestamp":1,"from":"ana","data":{"x":1}}',
    '{"timestamp":1,"data":{"x":[1,-2.5e-7,true,false,null,"é🚂"]}}',
    '{"from":"ana","data":{}}',
    '{"data":[]}',
    '{"timestamp":1,"from":"ana"}',
    '{"timestamp":1}',
    '{"from":"ana"}',
    '{"timestamp":"late","from":7,"a":0}',
  ])("reads what JSON.stringify writes: %s", (action) => {
    const text = game(action);
    expect(readQuickGame(text, bounds)).toBeDefined();
    expectAgreement(text);
    expectAgreement(game(action, action, action));
  });

  it.each([
    { action: '{"a":1 }', why: "white space" },
    { action: '{"a":"\\n"}', why: "an escape" },
    { action: '{"\\u0066rom":"mallory"}', why: "an escaped key" },
    { action: '{"a":1,"from":"mallory"}', why: "a sender further back" },
    { action: '{"from":"ana","timestamp":1}', why: "a time further back" },
    { action: '{"from":"ana","from":"ben","a":1}', why: "two senders" },
    { action: '{"timestamp":1,"timestamp":2}', why: "two times" },
    { action: '{"timestamp":1,"from":"ana",}', why: "a comma too many" },
    { action: '{"timestamp":1,}', why: "a comma too many" },
    { action: '{"from":"ana",}', why: "a comma too many" },
    { action: '{"timestamp":1"from":"ana"}', why: "a comma too few" },
    { action: '{"timestamp":1"a":1}', why: "a comma too few" },
    { action: '{,"a":1}', why: "a comma first" },
    { action: '{"a":01}', why: "a number that JSON does not know" },
    { action: '{"a":1.}', why: "a number that JSON does not know" },
    { action: '{"a":.5}', why: "a number that JSON does not know" },
    { action: '{"a":+1}', why: "a number that JSON does not know" },
    { action: '{"a":1e}', why: "a number that JSON does not know" },
    { action: '{"a":-}', why: "a number that JSON does not know" },
    { action: '{"a":NaN}', why: "a word that JSON does not know" },
    { action: '{"a":nul}', why: "half a word" },
    { action: '{"a":truefalse}', why: "two words" },
    { action: '{"a":\u0001}', why: "a control character" },
    { action: '{"a":"\u0001"}', why: "a control character in a text" },
    { action: '{"a":[1,]}', why: "a comma before a bracket" },
    { action: '{"a":[1}', why: "the wrong bracket" },
    { action: '{"a":{"b"}}', why: "a key alone" },
    { action: '{"a":[[[[[]]]]]}', why: "too deep" },
    { action: "[]", why: "no action" },
    { action: "", why: "nothing" },
    { action: "{},{},{},{}", why: "too many actions" },
  ])("leaves $action to the general one: $why", ({ action }) => {
    expect(readQuickGame(game(action), bounds)).toBeUndefined();
  });

  it.each([
    `${game('{"a":1}')} `,
    game('{"a":1}').slice(0, -1),
    `${game('{"a":1}')}}`,
    game('{"a":1}').replace("]}}", '],"seq":1}}'),
    game('{"a":1}').replace('"pit"', '"p\\"it"'),
    game('{"a":1}').replace('"pit"', '""'),
    game('{"a":1}').replace('"pit"', `"${"x".repeat(257)}"`),
    game('{"a":1}').replace('"pit"', '"\ud83d"'),
    '{"command":"gamf","data":{}}',
    "",
  ])("leaves every other message to the general one: %s", (text) => {
    expect(readQuickGame(text, bounds)).toBeUndefined();
  });

  it("does not keep a long text in memory for the little that goes on", () => {
    const long = game(`{"from":"${"x".repeat(1000)}","a":1}`);
    expect(readQuickGame(long, bounds)).toBeUndefined();
    expect(decodeAny(long, bounds)).toMatchObject({ value: { actions: [{ fields: '"a":1' }] } });
  });

  it("takes whatever JSON.stringify makes of the usual message", () => {
    fc.assert(
      fc.property(usual, (text) => {
        expect(readQuickGame(text, bounds)).toBeDefined();
        expectAgreement(text);
      }),
    );
  });

  it("reads any game message as the general one does, or leaves it", () => {
    fc.assert(fc.property(messages, expectAgreement));
  });

  it("reads any damaged message as the general one does, or leaves it", () => {
    const damage = fc.record({
      text: messages,
      place: fc.nat(),
      drop: fc.nat(3),
      add: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 1 })),
    });
    fc.assert(
      fc.property(damage, ({ text, place, drop, add }) => {
        const at = place % (text.length + 1);
        expectAgreement(text.slice(0, at) + add + text.slice(at + drop));
      }),
      { numRuns: 1500 },
    );
  });

  it("reads any text of the right pieces as the general one does, or leaves it", () => {
    const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (all) => expectAgreement(game(`{${all.join("")}}`))),
      { numRuns: 1500 },
    );
  });
});

const simple = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom<unknown>(true, null, "", "é🚂", [], {}, [1, [2]], { x: { y: "z" } }),
);
const usualAction = fc
  .record(
    {
      timestamp: fc.oneof(fc.nat(), fc.constant("late")),
      from: fc.constantFrom("ana", "1:2345"),
      data: simple,
      team: simple,
    },
    { requiredKeys: [] },
  )
  .filter((action) => Object.keys(action).length > 0); // An action of nothing is unusual.
const written = (actions: fc.Arbitrary<unknown[]>, channel: fc.Arbitrary<string>) => {
  return fc.record({ channel, actions }).map((data) => JSON.stringify({ command: "game", data }));
};
const usual = written(
  fc.array(usualAction, { minLength: 1, maxLength: bounds.actionsMax }),
  fc.constantFrom("pit", "🚂"),
);
const values = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom<unknown>(0, -0, 1e21, ""));
const unusualAction = fc.record(
  { timestamp: values, from: values, data: values },
  { requiredKeys: [] },
);
const messages = fc.oneof(
  usual,
  written(fc.array(unusualAction, { maxLength: 4 }), fc.constantFrom("pit", 'q"', "")),
);
const PIECES = [
  '"timestamp":',
  '"from":',
  '"a":',
  '"',
  "1",
  "-",
  "0",
  ".5",
  "e+1",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "true",
  "null",
  '"x"',
  " ",
  "\\",
  '"a":1',
  ',"from":"m"',
  ',"timestamp":2',
  '"\\u0066rom":1',
];
