/** Version 2 on accounts, friends and created rooms: what is asked of the house, and what is told. */
import type { AccountSeen, Notice, Told } from "@roundhouse/domain";
import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Input } from "@roundhouse/protocol";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import { turntable, turntable2 } from "./protocol.ts";
import type { Said } from "./said.ts";
import type { Out, Session } from "./state.ts";

const bounds = {
  depthMax: 8,
  actionsMax: 4,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 10_000,
};
const NOW = 1_800_000_000_000;
const packr = new Packr({ useRecords: false });
const v2 = turntable2(bounds);
const id = "gate-1" as SessionId;
const [ana, ben] = ["ana", "ben"] as [UserId, UserId];
const pit = "pit" as RoomId;
const account: AccountSeen = {
  born: 7,
  turn: 1,
  nickname: "Ana",
  description: "drives",
  friends: [ben],
  rooms: [pit],
  requests: [{ request: "f12", from: "cleo" as UserId, at: NOW, text: "me too" }],
};

/** A connection in a test's hand: what it asks of the house, and the frames that it gets. */
class Client {
  #state: Session;
  readonly protocol: typeof v2;
  readonly #asked: Out[] = [];
  readonly #heard: unknown[] = [];

  constructor(protocol = v2) {
    this.protocol = protocol;
    [this.#state] = protocol.open(id, NOW);
  }

  says(command: string, data: unknown, request?: number): this {
    const frame = packr.pack(request === undefined ? [command, data] : [command, data, request]);
    const said = v2.decode(new Uint8Array(frame));
    const { code, facts } = said.ok ? { code: "internal" as const, facts: {} } : said;
    return this.takes(said.ok ? { on: "said", said: said.value } : { on: "garbled", code, facts });
  }

  isTold(told: Told): this {
    return this.takes({ on: "told", told });
  }

  takes(input: Input<Said>): this {
    const [state, outputs] = this.protocol.step(this.#state, input, NOW);
    this.#state = state;
    for (const output of outputs) {
      if (output.to !== "send") this.#asked.push(output);
      else this.#heard.push(packr.unpack(this.protocol.encode(output.reply) as Uint8Array));
    }
    return this;
  }

  /** What was asked since the last look, and what was heard. */
  asked(): readonly Out[] {
    return this.#asked.splice(0);
  }
  heard(): readonly unknown[] {
    return this.#heard.splice(0);
  }

  get at(): Session["at"] {
    return this.#state.at;
  }
}

function signedIn(): Client {
  const client = new Client().says("login", { id: "ana", password: "secret 1" }, 1);
  client.isTold({ on: "attached", user: ana, resumed: undefined, account, request: 1 });
  client.asked();
  client.heard();
  return client;
}

function guest(): Client {
  const client = new Client().says("idme", "ana");
  client.isTold({ on: "attached", user: ana, resumed: undefined });
  client.asked();
  return client;
}

describe("signing in with a password", () => {
  it("asks for it to be checked, and is answered with the account and a token", () => {
    const client = new Client().says("login", { id: "ana", password: "secret 1" }, 1);
    const attach = { user: "ana", session: id, means: "idme", takesNotices: true };
    expect(client.asked()).toEqual([
      { to: "errand", errand: { on: "logIn", attach, password: "secret 1" }, request: 1 },
    ]);
    client.isTold({ on: "attached", user: ana, resumed: undefined, account, request: 1 });
    expect(client.asked()).toEqual([{ to: "mint", request: 1 }]);
    client.takes({ on: "minted", token: "a.b.c", request: 1 });
    const requests = [{ request: "f12", from: "cleo", timestamp: NOW, text: "me too" }];
    const seen = { user: "ana", nickname: "Ana", description: "drives", friends: ["ben"] };
    expect(client.heard()).toEqual([
      ["account", { ...seen, channels: ["pit"], requests }],
      ["ok", { token: "a.b.c" }, 1],
    ]);
  });

  it("is answered without a token where none is signed", () => {
    const client = new Client().says("login", { id: "ana", password: "secret 1" }, 1);
    client.isTold({ on: "attached", user: ana, resumed: undefined, account, request: 1 });
    client.takes({ on: "minted", token: undefined, request: 1 });
    expect(client.heard().at(-1)).toEqual(["ok", {}, 1]);
  });

  it("brings kept seats back, as an idme with a secret does", () => {
    const secret = "sixteen letters!";
    const said = { id: "ana", password: "secret 1", resume: secret, seen: { pit: 3 } };
    const client = new Client().says("login", said, 1);
    const resumed = { was: "gate-0" as SessionId, rooms: [pit] };
    client.asked();
    client.isTold({ on: "attached", user: ana, resumed, account, request: 1 });
    expect(client.heard().at(-1)).toEqual(["resumed", { channels: ["pit"] }]);
    expect(client.asked().at(-1)).toMatchObject({
      to: "room",
      command: { on: "catchUp", room: "pit", was: "gate-0", after: 3 },
    });
  });

  it("waits with what is said meanwhile, and ends when the password is wrong", () => {
    const client = new Client().says("login", { id: "ana", password: "secret 1" }, 1);
    client.says("say", { channel: "pit", text: "hello" }, 2);
    client.isTold({ on: "refused", code: "password_wrong", facts: {}, request: 1 });
    expect(client.heard()).toMatchObject([["error", { code: "password_wrong" }, 1]]);
    expect(client.asked().at(-1)).toEqual({ to: "close", why: "password_wrong" });
    expect(client.at).toBe("over");
  });

  it("is refused on a connection that has a name", () => {
    const client = guest().says("login", { id: "ana", password: "secret 1" }, 4);
    expect(client.heard()).toMatchObject([["error", { code: "logged_in_already" }, 4]]);
    expect(client.asked()).toEqual([]);
  });
});

describe("signing up", () => {
  const said = { id: "ana", password: "secret 1", nickname: "Ana" };

  it("is asked before there is a name, which it leaves open", () => {
    const client = new Client().says("signup", said, 1);
    const errand = { on: "signUp", user: "ana", password: "secret 1", nickname: "Ana" };
    expect(client.asked()).toEqual([{ to: "errand", errand, request: 1 }]);
    client.isTold({ on: "done", request: 1 }).says("login", said, 2);
    expect(client.heard()).toEqual([["ok", {}, 1]]);
    expect(client.asked()).toMatchObject([{ errand: { on: "logIn" } }]);
  });

  it("that is refused ends nothing: another name may be tried", () => {
    const client = new Client().says("signup", said, 1);
    client.isTold({ on: "refused", code: "account_taken", facts: {}, request: 1 });
    expect(client.heard()).toMatchObject([["error", { code: "account_taken" }, 1]]);
    client.says("signup", { ...said, id: "anna" }, 2);
    expect(client.asked()).toHaveLength(2);
  });

  it("keeps a name waiting: a refusal could be of either", () => {
    const client = new Client().says("signup", said, 1).says("idme", "ben", 2);
    expect(client.heard()).toMatchObject([["error", { code: "session_busy" }, 2]]);
    expect(client.at).toBe("greeting");
  });

  it("is also for who came as a guest, and calls it by its name if nothing else is said", () => {
    const client = guest().says("signup", { id: "ana", password: "secret 1" }, 1);
    expect(client.asked()).toMatchObject([{ errand: { on: "signUp", nickname: "ana" } }]);
  });

  it.each([
    { data: { ...said, id: "a-b" }, code: "account_name_invalid" },
    { data: { ...said, id: "x".repeat(17) }, code: "account_name_invalid" },
    { data: { ...said, password: "short" }, code: "password_invalid" },
    { data: { ...said, password: "pässword" }, code: "password_invalid" },
    { data: { ...said, nickname: "" }, code: "nickname_invalid" },
    { data: { ...said, nickname: "🚂".repeat(33) }, code: "nickname_invalid" },
  ])("is refused with $code", ({ data, code }) => {
    const client = new Client().says("signup", data, 1);
    expect(client.heard()).toMatchObject([["error", { code }, 1]]);
    expect(client.asked()).toEqual([]);
  });
});

describe("a token", () => {
  it("that proves an account brings its facts, and takes notices", () => {
    const client = new Client().says("idme", { id: "ana", token: "a.b.c" }, 1);
    expect(client.asked()).toMatchObject([{ to: "identify", attach: { takesNotices: true } }]);
    client.isTold({ on: "attached", user: ana, resumed: undefined, account, request: 1 });
    expect(client.heard()).toMatchObject([
      ["account", { user: "ana" }],
      ["ok", {}, 1],
    ]);
  });

  it("is not what a guest has: no notices, no facts", () => {
    const client = new Client().says("idme", "ana");
    const [asked] = client.asked();
    expect(asked).toMatchObject({ attach: { user: "ana" } });
    expect(asked).not.toHaveProperty("attach.takesNotices");
  });

  it("brings version 1 neither: it has no words for them", () => {
    const client = new Client(turntable(bounds)).says("idme", { id: "ana", token: "a.b.c" });
    expect(client.asked()[0]).not.toHaveProperty("attach.takesNotices");
    client.isTold({ on: "attached", user: ana, resumed: undefined, account });
    client.isTold({ on: "notices", kept: true, notices: [{ on: "deleted", user: ben }] });
    expect(client.heard()).toEqual([]);
  });
});

const mine = { user: "ana", session: id, request: 9 };
const inPit = { room: "pit", born: 7, ...mine };
const toAccount = (command: object) => ({ to: "account", command });
const toCharter = (command: object) => ({ to: "charter", command });
const errand = (it: object) => ({ to: "errand", errand: it, request: 9 });
const asks = [
  {
    says: ["say", { channel: "pit", text: "hello" }],
    asks: toCharter({ on: "say", ...inPit, text: "hello" }),
  },
  {
    says: ["game", { channel: "pit", actions: [{ timestamp: 1, data: { text: "hello" } }] }],
    asks: toCharter({ on: "say", ...inPit, text: "hello" }),
  },
  {
    says: ["joingame", { channel: "pit" }],
    asks: { to: "room", command: { on: "join", ...inPit, invite: [] } },
  },
  {
    says: ["befriend", { user: "ben", text: "it is me" }],
    asks: toAccount({ on: "askFriend", ...mine, friend: "ben", text: "it is me" }),
  },
  {
    says: ["befriend", { user: "ben" }],
    asks: toAccount({ on: "askFriend", ...mine, friend: "ben", text: "" }),
  },
  {
    says: ["answer", { request: "f12", how: "approve" }],
    asks: toAccount({ on: "answerFriend", ...mine, id: 12, how: "approve" }),
  },
  {
    says: ["answer", { request: "r3.pit", how: "reject" }],
    asks: toCharter({ on: "answerEntry", ...inPit, id: 3, how: "reject" }),
  },
  {
    says: ["unfriend", { user: "ben" }],
    asks: toAccount({ on: "removeFriend", ...mine, friend: "ben" }),
  },
  {
    says: ["whisper", { user: "ben", text: "psst" }],
    asks: toAccount({ on: "whisper", ...mine, friend: "ben", text: "psst" }),
  },
  {
    says: ["describe", { nickname: "Anna" }],
    asks: toAccount({ on: "describe", ...mine, nickname: "Anna" }),
  },
  {
    says: ["describe", { description: "" }],
    asks: toAccount({ on: "describe", ...mine, description: "" }),
  },
  {
    says: ["profile", { user: "ben" }],
    asks: toAccount({ on: "profile", user: "ben", session: id, request: 9 }),
  },
  {
    says: ["search", { kind: "rooms", prefix: "pi" }],
    asks: { to: "search", kind: "rooms", prefix: "pi", request: 9 },
  },
  {
    says: ["password", { old: "secret 1", new: "secret 2" }],
    asks: errand({ on: "setPassword", user: "ana", old: "secret 1", password: "secret 2" }),
  },
  {
    says: ["create", { channel: "pit" }],
    asks: errand({
      on: "create",
      create: { room: "pit", user: "ana", born: 7, title: "pit", access: "public" },
    }),
  },
  {
    says: ["create", { channel: "pit", title: "P", access: "password", password: "secret" }],
    asks: errand({
      on: "create",
      create: { room: "pit", user: "ana", born: 7, title: "P", access: "password" },
      password: "secret",
    }),
  },
  {
    says: ["enter", { channel: "pit", password: "secret" }],
    asks: errand({
      on: "enter",
      enter: { room: "pit", user: "ana", born: 7 },
      password: "secret",
    }),
  },
  {
    says: ["enter", { channel: "pit", password: "short" }],
    asks: errand({ on: "enter", enter: { room: "pit", user: "ana", born: 7 } }),
  },
  {
    says: ["remove", { channel: "pit", user: "ben" }],
    asks: toCharter({ on: "removeMember", ...inPit, subject: "ben" }),
  },
  {
    says: ["ban", { channel: "pit", user: "ben" }],
    asks: toCharter({ on: "bar", ...inPit, subject: "ben", isBarred: true }),
  },
  {
    says: ["admin", { channel: "pit", user: "ben", so: false }],
    asks: toCharter({ on: "setAdmin", ...inPit, subject: "ben", isAdmin: false }),
  },
  {
    says: ["adjust", { channel: "pit", title: "P", capacity: 3, locked: true, password: "unused" }],
    asks: errand({
      on: "adjust",
      adjust: {
        room: "pit",
        user: "ana",
        born: 7,
        changes: { title: "P", capacity: 3, isLocked: true },
      },
    }),
  },
  {
    says: ["adjust", { channel: "pit", access: "password", password: "secret" }],
    asks: errand({
      on: "adjust",
      adjust: { room: "pit", user: "ana", born: 7, changes: { access: "password" } },
      password: "secret",
    }),
  },
  { says: ["dissolve", { channel: "pit" }], asks: toCharter({ on: "removeRoom", ...inPit }) },
  { says: ["about", { channel: "pit" }], asks: toCharter({ on: "describeRoom", ...inPit }) },
] as const;

describe("who is signed in", () => {
  it.each(asks)("says $says and asks for it", ({ says: [command, data], asks: output }) => {
    expect(signedIn().says(command, data, 9).asked()).toEqual([output]);
  });

  it("says that it has got what was kept, and is answered at once", () => {
    const client = signedIn().says("heed", {}, 9);
    expect(client.asked()).toEqual([toAccount({ on: "heed", user: "ana", session: id })]);
    expect(client.heard()).toEqual([["ok", {}, 9]]);
  });

  it.each([
    { says: ["say", { channel: "pit", text: "" }], code: "message_invalid" },
    { says: ["say", { channel: "pit", text: "x".repeat(4097) }], code: "message_invalid" },
    { says: ["whisper", { user: "ben" }], code: "message_invalid" },
    { says: ["befriend", { user: "ben", text: "x".repeat(257) }], code: "description_invalid" },
    { says: ["answer", { request: "x1", how: "approve" }], code: "request_unknown" },
    { says: ["answer", { request: "f1", how: "perhaps" }], code: "field_invalid" },
    { says: ["unfriend", "ben"], code: "name_invalid" },
    { says: ["search", { kind: "words", prefix: "" }], code: "field_invalid" },
    { says: ["create", { channel: "a pit" }], code: "room_name_invalid" },
    { says: ["create", { channel: "pit", access: "secret" }], code: "room_access_invalid" },
    { says: ["create", { channel: "pit", access: "password" }], code: "room_password_invalid" },
    { says: ["adjust", { channel: "pit", title: "" }], code: "room_title_invalid" },
    { says: ["adjust", { channel: "pit", description: 7 }], code: "room_description_invalid" },
    { says: ["adjust", { channel: "pit", capacity: 0 }], code: "field_invalid" },
    { says: ["ban", { channel: "pit", user: "ben", so: 1 }], code: "field_invalid" },
    { says: ["dissolve", {}], code: "channel_missing" },
  ] as const)("is refused $code for $says", ({ says: [command, data], code }) => {
    const client = signedIn().says(command, data, 9);
    expect(client.heard()).toMatchObject([["error", { code }, 9]]);
    expect(client.asked()).toEqual([]);
  });
});

/** What a guest asks says of no life of its name: it has no account. */
const lifeless = (output: (typeof asks)[number]["asks"]): object => {
  if (!("command" in output)) return output;
  return { ...output, command: { ...output.command, born: undefined } };
};

describe("a guest", () => {
  const free = new Set(["joingame", "say", "game", "profile", "about", "search"]);

  it.each(asks)("says $says", ({ says: [command, data], asks: output }) => {
    const client = guest().says(command, data, 9);
    if (free.has(command)) {
      expect(client.asked()).toEqual([lifeless(output)]);
    } else {
      expect(client.asked()).toEqual([]);
      expect(client.heard()).toMatchObject([["error", { code: "not_logged_in" }, 9]]);
    }
  });

  it("is a stranger before it has a name", () => {
    const client = new Client().says("say", { channel: "pit", text: "hello" }, 9);
    expect(client.heard().at(-1)).toMatchObject(["error", { code: "identity_missing" }, 9]);
  });

  it("becomes who it proves to be when its game's connection says so", () => {
    const client = new Client().says("joingame", { channel: "pit", self: "ana" });
    client.isTold({ on: "attached", user: ana, resumed: undefined });
    client.says("idme", { id: "ana", token: "a.b.c" }, 2);
    client.isTold({ on: "attached", user: ana, resumed: undefined, account, request: 2 });
    client.asked();
    expect(client.says("dissolve", { channel: "pit" }, 9).asked()).toHaveLength(1);
  });
});

describe("what is answered", () => {
  it.each([
    { told: { on: "done", request: 9 }, hears: {} },
    { told: { on: "sent", id: 5, at: NOW, request: 9 }, hears: { id: 5, timestamp: NOW } },
    {
      told: { on: "seated", room: pit, seq: 2, mates: [ben], request: 9 },
      hears: { seq: 2, mates: ["ben"] },
    },
    {
      told: {
        on: "profile",
        profile: { user: ben, nickname: "B", description: "", since: 1, seenAt: 2 },
        request: 9,
      },
      hears: { user: "ben", nickname: "B", description: "", since: 1, seen: 2 },
    },
    {
      told: {
        on: "described",
        room: { id: pit, title: "P", description: "", owner: ana, access: "public", members: 1 },
        request: 9,
      },
      hears: {
        channel: "pit",
        title: "P",
        description: "",
        owner: "ana",
        access: "public",
        members: 1,
      },
    },
  ] as const)("$told.on", ({ told, hears }) => {
    expect(signedIn().isTold(told).heard()).toEqual([["ok", hears, 9]]);
  });

  it("what a search found", () => {
    const client = signedIn();
    client.takes({
      on: "found",
      found: { on: "users", users: [{ id: ben, nickname: "B" }] },
      request: 9,
    });
    client.takes({
      on: "found",
      found: { on: "rooms", rooms: [{ id: pit, title: "P", access: "public" }] },
      request: 10,
    });
    expect(client.heard()).toEqual([
      ["ok", { users: [{ id: "ben", nickname: "B" }] }, 9],
      ["ok", { rooms: [{ channel: "pit", title: "P", access: "public" }] }, 10],
    ]);
  });
});

describe("a notice", () => {
  const by = { user: ben } as const;
  it.each<{ readonly notice: Notice; readonly says: object }>([
    {
      notice: { on: "whispered", id: 3, at: NOW, from: ben, text: "psst" },
      says: { kind: "whispered", id: 3, timestamp: NOW, from: "ben", text: "psst" },
    },
    {
      notice: { on: "words", id: 3, at: NOW, from: ben, room: pit, text: "hello" },
      says: {
        kind: "words",
        id: 3,
        timestamp: NOW,
        from: "ben",
        channel: "pit",
        text: "hello",
      },
    },
    {
      notice: { on: "friendAsked", request: "f1", at: NOW, from: ben, text: "" },
      says: { kind: "friendAsked", request: "f1", timestamp: NOW, from: "ben", text: "" },
    },
    {
      notice: { on: "entryAsked", request: "r1.pit", at: NOW, from: ben, room: pit },
      says: { kind: "entryAsked", request: "r1.pit", timestamp: NOW, from: "ben", channel: "pit" },
    },
    {
      notice: { on: "approved", request: "f1", by },
      says: { kind: "approved", request: "f1", user: "ben" },
    },
    {
      notice: { on: "rejected", request: "r1.pit", by: { room: pit } },
      says: { kind: "rejected", request: "r1.pit", channel: "pit" },
    },
    {
      notice: { on: "unfriended", user: ben, why: "removed" },
      says: { kind: "unfriended", user: "ben", why: "removed" },
    },
    { notice: { on: "roomRemoved", room: pit }, says: { kind: "roomRemoved", channel: "pit" } },
  ])("of $notice.on", ({ notice, says }) => {
    const client = signedIn();
    client.isTold({ on: "notices", notices: [notice, notice], kept: true });
    const kept = { ...says, kept: true };
    expect(client.heard()).toEqual([
      ["notice", kept],
      ["notice", kept],
    ]);
  });
});

describe("a room's events in version 2", () => {
  const read = (frame: string | Uint8Array): unknown => packr.unpack(frame as Uint8Array);

  it("come one by one with their numbers, and none is left out", () => {
    const frames = v2.broadcast(pit, [
      { on: "joined", seq: 1, user: ana, member: true },
      { on: "enrolled", seq: 2, user: ben },
      { on: "said", seq: 3, id: 8, at: NOW, from: ana, text: "hello" },
      { on: "game", seq: 4, from: ana, actions: [{ at: NOW, fields: '"data":1' }], extra: "" },
      { on: "titled", seq: 5, by: ana, title: "The pit" },
      { on: "expelled", seq: 6, user: ben, why: "removed" },
      { on: "left", seq: 7, user: ana },
    ]);
    expect(frames.map(read)).toEqual([
      ["joined", { channel: "pit", seq: 1, user: "ana", member: true }],
      ["enrolled", { channel: "pit", seq: 2, user: "ben" }],
      ["said", { channel: "pit", seq: 3, id: 8, from: "ana", text: "hello", timestamp: NOW }],
      ["game", { channel: "pit", seq: 4, actions: [{ timestamp: NOW, from: "ana", data: 1 }] }],
      ["titled", { channel: "pit", seq: 5, by: "ana", title: "The pit" }],
      ["expelled", { channel: "pit", seq: 6, user: "ben", why: "removed" }],
      ["left", { channel: "pit", seq: 7, user: "ana" }],
    ]);
  });
});

describe("words in version 1", () => {
  const v1 = turntable(bounds);

  it("are a game message with one action, beside those of others", () => {
    const frames = v1.broadcast(pit, [
      { on: "said", seq: 3, id: 8, at: NOW, from: ana, text: '"hello"\n🚂' },
      { on: "game", seq: 4, from: ben, actions: [{ at: NOW, fields: '"data":1' }], extra: "" },
      { on: "enrolled", seq: 5, user: ben },
      { on: "said", seq: 6, id: 9, at: NOW, from: ben, text: "bye" },
    ]);
    expect(frames).toEqual([
      `{"command":"game","data":{"channel":"pit","seq":3,"actions":[` +
        `{"timestamp":${NOW},"from":"ana","data":{"text":"\\"hello\\"\\n🚂"}},` +
        `{"timestamp":${NOW},"from":"ben","data":1}]}}`,
      `{"command":"game","data":{"channel":"pit","seq":6,"actions":[` +
        `{"timestamp":${NOW},"from":"ben","data":{"text":"bye"}}]}}`,
    ]);
  });

  it("said as a game message are said, once there is a name", () => {
    const frame =
      '{"command":"game","data":{"channel":"pit","actions":[{"data":{"text":"hello"}}]}}';
    const said = v1.decode(frame);
    if (!said.ok) throw new Error(said.code);
    let [state, outputs] = v1.open(id, NOW);
    const hears = (input: Input<Said>) => {
      [state, outputs] = v1.step(state, input, NOW);
      return outputs;
    };
    expect(hears({ on: "said", said: said.value })).toMatchObject([{ command: { on: "act" } }]);
    hears({
      on: "said",
      said: { command: "idme", id: ana, token: undefined, resume: undefined, seen: new Map() },
    });
    hears({ on: "told", told: { on: "attached", user: ana, resumed: undefined } });
    expect(hears({ on: "said", said: said.value })).toEqual([
      toCharter({ on: "say", room: "pit", user: "ana", session: id, text: "hello" }),
    ]);
    expect(hears({ on: "told", told: { on: "sent", id: 5, at: NOW } })).toEqual([]);
  });
});
