/** Whatever makes no sense has a named answer, or is ignored and counted; the connection goes on. */
import { describe, expect, it } from "vitest";
import type { Client } from "../client.ts";
import { house, isKnown, join } from "../house.ts";

const inn = house({ MESSAGE_DEPTH_MAX: 16 });

/** What a client hears to one message, up to the answer to a question behind it. */
async function answersTo(client: Client, text: string): Promise<readonly unknown[]> {
  const from = client.heard.length;
  client.sayText(text);
  client.say("whothere");
  await client.expect("there");
  const heard = client.heard.slice(from).filter(({ command }) => command !== "there");
  return heard.map(({ command, data }) => (command === "error" ? data["code"] : command));
}

describe("ignored, as in the original, and counted (decision 1)", () => {
  it.each([
    { text: "", code: "frame_malformed" },
    { text: "{", code: "frame_malformed" },
    { text: '{"command":"idme","data":"x"', code: "frame_malformed" },
    { text: "{command:'idme'}", code: "frame_malformed" },
    { text: '{"command":"joingame","data":{"channel":"x",self:"y"}}', code: "frame_malformed" },
    { text: "\ufeff{}", code: "frame_malformed" },
    { text: "NaN", code: "frame_malformed" },
    { text: "[".repeat(60_000), code: "frame_malformed" },
    { text: "[]", code: "command_unknown" },
    { text: "null", code: "command_unknown" },
    { text: "5", code: "command_unknown" },
    { text: "true", code: "command_unknown" },
    { text: "{}", code: "command_unknown" },
    { text: '"hello"', code: "command_unknown" },
    { text: '{"command":"constructor"}', code: "command_unknown" },
    { text: '{"command":"__proto__","data":{}}', code: "command_unknown" },
    { text: '{"command":["idme"],"data":"x"}', code: "command_unknown" },
    { text: '{"command":null}', code: "command_unknown" },
    { text: '{"__proto__":{"command":"whothere"}}', code: "command_unknown" },
    { text: '{"command":"IDME","data":"x"}', code: "command_unknown" },
    { text: '{"command":"idyou","data":{}}', code: "command_unknown" },
    { text: `${"[".repeat(30_000)}${"]".repeat(30_000)}`, code: "command_unknown" },
    { text: '{"command":"joingame","data":{"self":"x"}}', code: "channel_missing" },
    { text: '{"command":"joingame","data":"x"}', code: "channel_missing" },
    { text: '{"command":"joingame"}', code: "channel_missing" },
    { text: '{"command":"leavegame","data":[]}', code: "channel_missing" },
    { text: '{"command":"game","data":null}', code: "channel_missing" },
    { text: '{"command":"invite","data":{"user":"x"}}', code: "channel_missing" },
  ])("$code: $text", async ({ text, code }) => {
    const client = await inn.enter();
    const before = await inn.server.refusals(code);
    expect(await answersTo(client, text)).toEqual([]);
    expect(await inn.server.refusals(code)).toBe(before + 1);
    expect(client.closed).toBeUndefined();
  });
});

describe("answered with the name of what is wrong", () => {
  const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  const LONG = "x".repeat(257);
  it.each([
    { command: "idme", data: "null", code: "name_invalid" },
    { command: "idme", data: "5", code: "name_invalid" },
    { command: "idme", data: '""', code: "name_invalid" },
    { command: "idme", data: '["ana"]', code: "name_invalid" },
    { command: "idme", data: '{"id":{}}', code: "name_invalid" },
    { command: "idme", data: '{"__proto__":{"id":"ana"}}', code: "name_invalid" },
    { command: "idme", data: `"${LONG}"`, code: "name_invalid" },
    { command: "idme", data: `"${"ü".repeat(129)}"`, code: "name_invalid" },
    { command: "idme", data: '"\\ud800"', code: "name_invalid" },
    { command: "idme", data: `"${"x".repeat(60_000)}"`, code: "name_invalid" },
    { command: "idme", data: '{"id":"ana","token":5}', code: "field_invalid" },
    { command: "idme", data: '{"id":"ana","token":{}}', code: "field_invalid" },
    { command: "idme", data: '{"id":"ana","resume":[]}', code: "resume_secret_invalid" },
    { command: "idme", data: '{"id":"ana","seen":[]}', code: "field_invalid" },
    { command: "idme", data: '{"id":"ana","seen":5}', code: "field_invalid" },
    { command: "idme", data: '{"id":"ana","seen":{"den":"1"}}', code: "field_invalid" },
    { command: "idme", data: '{"id":"ana","seen":{"den":-1}}', code: "field_invalid" },
    { command: "idme", data: '{"id":"ana","seen":{"den":0.5}}', code: "field_invalid" },
    { command: "idme", data: '{"id":"ana","seen":{"__proto__":{}}}', code: "field_invalid" },
    { command: "idme", data: '{"id":"ana","seen":{"":1}}', code: "room_name_invalid" },
    { command: "subscribe", data: '"ana"', code: "field_invalid" },
    { command: "subscribe", data: '{"0":"ana","length":1}', code: "field_invalid" },
    { command: "subscribe", data: "null", code: "field_invalid" },
    { command: "subscribe", data: '["ana",5]', code: "name_invalid" },
    { command: "subscribe", data: '["ana",["ben"]]', code: "name_invalid" },
    { command: "subscribe", data: `["${LONG}"]`, code: "name_invalid" },
    { command: "unsubscribe", data: "7", code: "field_invalid" },
    { command: "unsubscribe", data: "[null]", code: "name_invalid" },
    { command: "joingame", data: '{"channel":5,"self":"ana"}', code: "room_name_invalid" },
    { command: "joingame", data: '{"channel":null,"self":"ana"}', code: "room_name_invalid" },
    { command: "joingame", data: '{"channel":"","self":"ana"}', code: "room_name_invalid" },
    { command: "joingame", data: `{"channel":"${LONG}","self":"ana"}`, code: "room_name_invalid" },
    { command: "joingame", data: '{"channel":"x","self":5}', code: "name_invalid" },
    { command: "joingame", data: '{"channel":"x","self":null}', code: "name_invalid" },
    { command: "joingame", data: '{"channel":"x","self":"a","token":1}', code: "field_invalid" },
    { command: "joingame", data: '{"channel":"x","self":"a","invite":"b"}', code: "field_invalid" },
    { command: "joingame", data: '{"channel":"x","self":"a","invite":{}}', code: "field_invalid" },
    { command: "joingame", data: '{"channel":"x","self":"a","invite":[1]}', code: "name_invalid" },
    { command: "leavegame", data: '{"channel":[]}', code: "room_name_invalid" },
    { command: "invite", data: '{"channel":"x"}', code: "name_invalid" },
    { command: "invite", data: '{"channel":"x","user":["a"]}', code: "name_invalid" },
    { command: "invite", data: '{"channel":{},"user":"a"}', code: "room_name_invalid" },
    { command: "status", data: '"busy"', code: "field_invalid" },
    { command: "status", data: '"offline"', code: "field_invalid" },
    { command: "status", data: '{"status":"away"}', code: "field_invalid" },
    { command: "game", data: '{"channel":7,"actions":[]}', code: "room_name_invalid" },
    { command: "game", data: '{"channel":"x"}', code: "field_invalid" },
    { command: "game", data: '{"channel":"x","actions":{}}', code: "field_invalid" },
    { command: "game", data: '{"channel":"x","actions":"go"}', code: "field_invalid" },
    { command: "game", data: '{"channel":"x","actions":[1]}', code: "field_invalid" },
    { command: "game", data: '{"channel":"x","actions":[null]}', code: "field_invalid" },
    { command: "game", data: '{"channel":"x","actions":[[]]}', code: "field_invalid" },
    {
      command: "game",
      data: `{"channel":"x","actions":[{"data":${deep(13)}}]}`,
      code: "frame_too_deep",
    },
    {
      command: "game",
      data: `{"channel":"x","deep":${deep(25_000)},"actions":[]}`,
      code: "frame_too_deep",
    },
  ])("$command $data: $code", async ({ command, data, code }) => {
    const client = await inn.enter();
    const before = await inn.server.refusals(code);
    expect(await answersTo(client, `{"command":"${command}","data":${data}}`)).toEqual([code]);
    expect(await inn.server.refusals(code)).toBe(before + 1);
    expect(client.closed).toBeUndefined();
  });

  it("nesting as deep as allowed passes, by either reader", async () => {
    const client = await inn.sit("ana", "deep");
    // Message, data, actions and action are four of the sixteen.
    client.sayText(`{"command":"game","data":{"channel":"deep","actions":[{"data":${deep(12)}}]}}`);
    client.sayText(
      `{"command": "game","data":{"channel":"deep","actions":[{"data":${deep(12)}}]}}`,
    );
    await client.until(() => client.actionsIn("deep")[1], "both");
    expect(client.all("error")).toEqual([]);
  });

  it("what a message names is not what the server's objects inherit", async () => {
    const ana = await inn.enterAs("__proto__");
    await join(ana, "constructor", { invite: ["toString", "__proto__"] });
    expect(await ana.expect("invite")).toEqual({ channel: "constructor", user: "__proto__" });
    const watcher = await inn.enter();
    watcher.say("subscribe", ["__proto__", "constructor", "hasOwnProperty", "toString"]);
    await watcher.expect("userchange");
    expect(watcher.texts.at(-1)).toBe(
      '{"command":"userchange","data":{"__proto__":"busy","constructor":"offline",' +
        '"hasOwnProperty":"offline","toString":"offline"}}',
    );
  });
});

it("after all that the server is as it was", async () => {
  const ana = await inn.enterAs("ana");
  await isKnown(ana, "ana");
  expect(await inn.server.metric("roundhouse_users")).toBeLessThan(5);
});
