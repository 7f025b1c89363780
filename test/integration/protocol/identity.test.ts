/** Who somebody is: decisions 2, 4, 6, 11 and 16 of the protocol page. */
import { describe, expect, it } from "vitest";
import { house, isKnown, join } from "../house.ts";
import { textFrame } from "../raw-socket.ts";

const inn = house();

describe("a connection", () => {
  it("hears idyou before anything else, however early it speaks (decision 6)", async () => {
    const client = await inn.enter();
    client.say("whothere"); // Said before idyou was heard: the upgrade has only just succeeded.
    client.say("idme", "1:12345");
    await client.expect("there");
    expect(client.texts[0]).toBe('{"command":"idyou","data":{}}');
    expect(client.heard.map(({ command }) => command)).toEqual(["idyou", "there"]);
  });

  it.each([
    { path: "/" },
    { path: "/ws" },
    { path: "/a/very/long/path.html?with=query&and=more" },
    { path: "/topology" },
  ])("may be opened on any path: $path", async ({ path }) => {
    const client = await inn.enter({ path });
    await client.expect("idyou");
    expect(client.subprotocol).toBe("turntable");
  });
});

describe("the subprotocol (decision 2)", () => {
  it("is not needed, and then none is named", async () => {
    const client = await inn.enter({ subprotocols: [] });
    await client.expect("idyou");
    expect(client.subprotocol).toBe("");
  });

  it("is chosen among several that are offered", async () => {
    const client = await inn.enter({ subprotocols: ["chess", "turntable", "soap"] });
    expect(client.subprotocol).toBe("turntable");
    await client.expect("idyou");
  });

  it("refuses a client that speaks only others, with 400 and a code", async () => {
    const raw = await inn.knock();
    const before = await inn.server.refusals("subprotocol_unknown");
    const status = await raw.upgrade(["Sec-WebSocket-Protocol: soap, chess"]);
    expect(status).toBe(400);
    const body = await raw.until(() => {
      return raw.text.endsWith("}") ? (JSON.parse(raw.text) as unknown) : undefined;
    }, "a body");
    expect(body).toMatchObject({ code: "subprotocol_unknown", retry: "never" });
    expect(await inn.server.refusals("subprotocol_unknown")).toBe(before + 1);
  });
});

describe("idme (decisions 4, 7 and 16)", () => {
  it.each([
    { form: "a bare id", data: "ana", id: "ana" },
    { form: "an object", data: { id: "ben" }, id: "ben" },
    { form: "an object with fields nobody knows", data: { id: "cy", x: [1] }, id: "cy" },
    { form: "the page's form of ids", data: "1:12345", id: "1:12345" },
    { form: "an id of 256 bytes", data: "ü".repeat(128), id: "ü".repeat(128) },
    { form: "an id with quotes, newlines and a NUL", data: 'a"\n\\\u0000b', id: 'a"\n\\\u0000b' },
    { form: "an id beyond the basic plane", data: "🚂🎡", id: "🚂🎡" },
    { form: "an id that is a word of JavaScript", data: "__proto__", id: "__proto__" },
    { form: "another such word", data: "constructor", id: "constructor" },
  ])("takes $form", async ({ data, id }) => {
    const watcher = await inn.enter();
    watcher.say("subscribe", [id]);
    await watcher.expectStatus(id, "offline");
    const client = await inn.enter();
    client.say("idme", data);
    await watcher.expectStatus(id, "online");
    expect(await watcher.statuses(id, 2)).toEqual(["offline", "online"]);
  });

  it("is no change when the same connection says the same name again", async () => {
    const watcher = await inn.enter();
    watcher.say("subscribe", ["dan"]);
    await watcher.expectStatus("dan", "offline");
    const client = await inn.enterAs("dan");
    client.say("idme", "dan");
    client.say("idme", { id: "dan" });
    await isKnown(client, "dan");
    await client.leave();
    await watcher.expectStatus("dan", "offline");
    expect(await watcher.statuses("dan", 3)).toEqual(["offline", "online", "offline"]);
    expect(client.all("error")).toEqual([]);
  });

  it("ends a connection that says another name than before", async () => {
    const client = await inn.enterAs("eve");
    client.say("idme", "eva");
    await client.expectError("identity_fixed");
    expect(await client.end()).toEqual({ code: 1008, reason: "identity_fixed" });
  });

  it("ends one that says two names before the first is confirmed", async () => {
    const client = await inn.enter();
    client.say("idme", "fay");
    client.say("idme", "foe");
    await client.expectError("identity_fixed");
    expect(await client.end()).toEqual({ code: 1008, reason: "identity_fixed" });
  });
});

describe("before idme (decision 6)", () => {
  it("one may subscribe, ask who is there, and be told that there is no seat to speak from", async () => {
    await inn.enterAs("gus");
    const client = await inn.enter();
    client.say("subscribe", ["gus"]);
    await client.expectStatus("gus", "online");
    client.say("whothere");
    const there = await client.expect("there");
    expect(there).toContain("gus");
    client.act("nowhere", { x: 1 });
    await client.expectError("not_a_member");
    expect(client.closed).toBeUndefined();
  });

  it("joingame with self is name enough (decision 11)", async () => {
    const client = await inn.enter();
    await join(client, "hall", { self: "hal" });
    client.act("hall", { x: 1 });
    await client.until(() => client.actionsIn("hall")[0], "an action");
    expect(client.actionsIn("hall")[0]).toMatchObject({ from: "hal", x: 1 });
  });

  it("joingame without self ends the connection with 1008 (decision 11)", async () => {
    const client = await inn.enter();
    client.say("joingame", { channel: "hall" });
    await client.expectError("identity_missing");
    expect(await client.end()).toEqual({ code: 1008, reason: "identity_missing" });
  });

  it("joingame without channel is ignored (decision 11)", async () => {
    const client = await inn.enter();
    client.say("joingame", { self: "ida" });
    client.say("whothere");
    const there = await client.expect("there");
    expect(there).not.toContain("ida");
    expect(client.heard.map(({ command }) => command)).toEqual(["idyou", "there"]);
  });

  it.each([
    { command: "invite", data: { channel: "hall", user: "x" } },
    { command: "leavegame", data: { channel: "hall" } },
    { command: "status", data: "away" },
  ])("$command says that a name is missing", async ({ command, data }) => {
    const client = await inn.enter();
    client.say(command, data);
    await client.expectError("identity_missing");
    client.say("whothere");
    await client.expect("there");
  });
});

describe("after idme (decision 11)", () => {
  it("self may be left out, or must be the same", async () => {
    const client = await inn.enterAs("joe");
    await join(client, "hall");
    await join(client, "porch", { self: "joe" });
    client.say("joingame", { channel: "attic", self: "jim" });
    await client.expectError("identity_fixed");
    expect(await client.end()).toEqual({ code: 1008, reason: "identity_fixed" });
  });

  it("what was said in the same breath as the name waits for it, in order", async () => {
    const client = await inn.enter();
    client.say("idme", "kim");
    client.say("joingame", { channel: "breath" });
    for (let n = 0; n < 20; n++) client.act("breath", { n });
    await client.until(() => client.actionsIn("breath")[19], "twenty actions");
    expect(client.actionsIn("breath").map(({ n }) => n)).toEqual([...Array(20).keys()]);
    expect(client.all("error")).toEqual([]);
  });

  it("a flood before the name is confirmed is refused by name", async () => {
    // More than may wait: they arrive together, before the shard has answered.
    const raw = await inn.knock();
    await raw.upgrade();
    const burst = Array.from({ length: 80 }, (_, n) => textFrame("joingame", { channel: `r${n}` }));
    raw.write(Buffer.concat([textFrame("idme", "lea"), ...burst]));
    await raw.until(() => (raw.text.includes("session_busy") ? true : undefined), "session_busy");
    const client = await inn.enter();
    client.say("whothere");
    expect(await client.expect("there")).toContain("lea");
  });
});
