/** The numbered decisions of the protocol page, as far as the protocol itself keeps them. */
import { scene, seconds, tokenOf } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { turntable, turntable2 } from "./protocol.ts";

const bounds = {
  depthMax: 8,
  actionsMax: 4,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 10_000,
};

describe("decision 1: strict JSON in text frames", () => {
  it.each([
    '{ "command": "joingame", "data":{ "channel": "CStrike", self:"1:3456" }}',
    "hello",
    "",
    "[",
    "[".repeat(50_000),
    "\u0000",
  ])("what cannot be parsed is ignored, and the connection stays: %#", (text) => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.sends(text);
    expect(ana.wasTold()).toEqual([]);
    expect(ana.isConnected).toBe(true);
  });

  it("binary frames are ignored", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.sends(new TextEncoder().encode('{"command":"whothere"}'));
    expect(ana.wasTold()).toEqual([]);
  });

  it("unknown commands are ignored, a bare string is a command", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.says("teleport", {});
    ana.sends('"whothere"');
    expect(ana.wasTold()).toEqual(["there: ana"]);
  });
});

describe("decision 2: the subprotocol", () => {
  it("version 1 is for turntable and for who offers none, version 2 only for who names it", () => {
    expect(turntable(bounds).carrier).toMatchObject({ subprotocol: "turntable", isDefault: true });
    expect(turntable2(bounds).carrier).toMatchObject({
      subprotocol: "turntable.v2",
      isDefault: false,
    });
  });
});

describe("decision 4: ids are opaque", () => {
  const ids = [
    "1:12345",
    "__proto__",
    "constructor",
    "toString",
    'q"uote',
    "back\\slash",
    "\u0000\u001f\n",
    "🚂🚃",
    "\u2028",
    "x".repeat(256),
  ];
  it.each(ids)("%# goes through userchange, there, invite and game as valid JSON", (name) => {
    const lobby = scene({ shards: 1 });
    const [odd, ana] = lobby.enter(name, "ana");
    ana.watches(name);
    odd.joins(name, { invite: [name, "ana"] });
    ana.joins(name);
    odd.acts(name, 1);
    ana.says("whothere", undefined);
    const heard = ana.heard();
    expect(heard.map(({ command }) => command)).toEqual([
      "userchange",
      "userchange",
      "invite",
      "game",
      "there",
    ]);
    expect(Object.entries(heard[0]?.data ?? {})).toEqual([[name, "online"]]);
    expect(heard[2]?.data).toEqual({ channel: name, user: "ana" });
    expect(heard[3]?.data).toMatchObject({ channel: name, actions: [{ from: name, data: 1 }] });
    expect(heard[4]?.data).toContain(name);
  });

  it("one of 257 bytes is refused, and the connection stays", () => {
    const lobby = scene();
    const ana = lobby.connect(`${"é".repeat(128)}x`);
    ana.identifies();
    expect(ana.wasTold()).toEqual(["idyou", "error name_invalid"]);
    expect(ana.isConnected).toBe(true);
  });
});

describe("decision 6: who speaks first", () => {
  it("the server says idyou at once", () => {
    const [frame] = scene().connect("ana").frames();
    expect(frame).toBe('{"command":"idyou","data":{}}');
  });

  it("before idme one may subscribe, ask who is there, and act", () => {
    const lobby = scene();
    lobby.enter("ben");
    const stranger = lobby.connect("nobody");
    stranger.watches("ben");
    stranger.says("whothere", undefined);
    stranger.acts("pit", 1);
    expect(stranger.wasTold()).toEqual([
      "idyou",
      "ben is online",
      "there: ben",
      "error not_a_member",
    ]);
    expect(stranger.isConnected).toBe(true);
  });

  it.each(["leavegame", "invite", "status"])("before idme %s is answered with an error", (word) => {
    const stranger = scene().connect("nobody");
    stranger.says(word, word === "status" ? "away" : { channel: "pit", user: "ben" });
    expect(stranger.wasTold()).toEqual(["idyou", "error identity_missing"]);
    expect(stranger.isConnected).toBe(true);
  });

  it("a game's connection joins and acts in one breath, without idme", () => {
    const lobby = scene();
    const game = lobby.connect("ana");
    lobby.atOnce(() => {
      game.joins("pit", { self: "ana" });
      game.joins("hall");
      game.acts("pit", 1);
      game.acts("hall", 2);
    });
    expect(game.wasTold().slice(1).sort()).toEqual([
      'hall 2 ana {"data":2}',
      'pit 2 ana {"data":1}',
    ]);
  });

  it("who says nothing useful is sent away, with a code of its own", () => {
    const lobby = scene({ bounds: { identifyMs: seconds(10) } });
    const [silent, noisy, reader] = ["silent", "noisy", "reader"].map((it) => lobby.connect(it));
    for (let passed = 0; passed < 12; passed++) {
      lobby.passes(seconds(1));
      noisy?.sends("noise");
      if (passed === 0) reader?.watches("ben");
    }
    expect(silent?.closedBy).toEqual({ why: "identity_too_slow", code: 4408 });
    expect(noisy?.closedBy).toEqual({ why: "identity_too_slow", code: 4408 });
    expect(reader?.isConnected).toBe(true);
  });

  it("no more waits for an unconfirmed name than may", () => {
    const lobby = scene();
    const ana = lobby.connect("ana");
    lobby.atOnce(() => {
      ana.identifies();
      for (let count = 0; count < 70; count++) ana.acts("pit", count);
    });
    const told = ana.wasTold();
    expect(told.filter((it) => it === "error session_busy")).toHaveLength(6);
    expect(told.filter((it) => it === "error not_a_member")).toHaveLength(64);
  });
});

describe("decision 7: the same connection", () => {
  it("may say its id again: nothing happens", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.identifies();
    lobby.atOnce(() => {
      ana.identifies();
      ana.identifies();
    });
    expect(ana.wasTold()).toEqual([]);
    expect(lobby.who("ana").sessions).toHaveLength(1);
  });

  it.each([
    { when: "later", isEarly: false },
    { when: "before the first is confirmed", isEarly: true },
  ])("is closed for another id said $when", ({ isEarly }) => {
    const lobby = scene();
    const ana = lobby.connect("ana");
    const twice = () => {
      ana.identifies();
      ana.says("idme", "ben");
    };
    if (isEarly) lobby.atOnce(twice);
    else twice();
    expect(ana.closedBy).toEqual({ why: "identity_fixed", code: 1008 });
    expect(lobby.who("ben").status).toBe("offline");
    expect(lobby.who("ana").status).toBe("offline");
  });
});

describe("decision 8: userchange", () => {
  it("answers one subscribe with one message, offline ids included, over all shards", () => {
    const lobby = scene({ shards: 8 });
    const names = ["a", "b", "c", "d", "e", "f"];
    lobby.enter("a", "c", "e");
    const [ana] = lobby.enter("ana");
    ana.watches(...names);
    const [only, ...more] = ana.heard();
    expect(more).toEqual([]);
    expect(Object.keys(only?.data ?? {})).toEqual(names);
  });
});

describe("too many subscriptions", () => {
  it.each([
    { when: "later", isEarly: false },
    { when: "while the name is being checked", isEarly: true },
  ])("are refused, said $when, and the connection stays", ({ isEarly }) => {
    const lobby = scene({ limits: { subscriptionsMax: 2 } });
    const ana = lobby.connect("ana");
    const both = () => {
      ana.identifies();
      ana.watches("ben", "carl", "dora");
    };
    if (isEarly) lobby.atOnce(both);
    else both();
    expect(ana.wasTold()).toEqual(["idyou", "error subscriptions_limit"]);
    expect(lobby.who("ana").status).toBe("online");
  });
});

describe("decisions 9 and 15: what a client may not say", () => {
  it.each([
    { command: "userchange", data: { ben: "offline" } },
    { command: "userbind", data: { user: "ben", channel: "pit", bound: true } },
    { command: "there", data: ["ben"] },
    { command: "idyou", data: {} },
    { command: "error", data: { code: "internal" } },
  ])("$command from a client is ignored", ({ command, data }) => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.watches("ben");
    ana.frames();
    ben.says(command, data);
    ana.says(command, data);
    expect([...ana.wasTold(), ...ben.wasTold()]).toEqual([]);
    expect(lobby.who("ben").status).toBe("online");
  });
});

describe("decision 10: invite", () => {
  it("names the channel and the invitee, and nothing else", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("CStrike", { invite: ["ben"] });
    expect(ben.frames()).toEqual([
      '{"command":"invite","data":{"channel":"CStrike","user":"ben"}}',
    ]);
  });
});

describe("decision 11: joingame", () => {
  it("without a channel is ignored", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.says("joingame", { self: "ana" });
    ana.says("joingame", undefined);
    expect(ana.wasTold()).toEqual([]);
    expect(lobby.rooms()).toEqual([]);
  });

  it("without self, before idme, is closed with 1008", () => {
    const ana = scene().connect("ana");
    ana.joins("pit");
    expect(ana.wasTold()).toEqual(["idyou", "error identity_missing"]);
    expect(ana.closedBy).toEqual({ why: "identity_missing", code: 1008 });
  });

  it("after idme needs no self", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    expect(lobby.room("pit")).toMatchObject({ members: 1, owner: "ana" });
  });

  it("with another's self is closed with 1008, and nobody has joined", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit", { self: "ben" });
    expect(ana.closedBy).toEqual({ why: "identity_fixed", code: 1008 });
    expect(lobby.rooms()).toEqual([]);
  });

  it("with another's self on a game's connection is closed too, also before it is confirmed", () => {
    const lobby = scene();
    const game = lobby.connect("ana");
    lobby.atOnce(() => {
      game.joins("pit", { self: "ana" });
      game.joins("hall", { self: "ben" });
      game.acts("pit", 1);
    });
    expect(game.closedBy?.code).toBe(1008);
    expect(lobby.rooms()).toEqual([]);
  });

  it("with a registered self needs its token", () => {
    const lobby = scene();
    lobby.registers("ana");
    const game = lobby.connect("ana");
    game.says("joingame", { channel: "pit", self: "ana", token: tokenOf("ana") });
    expect(lobby.room("pit")).toMatchObject({ members: 1 });
  });

  it("may be said for several channels", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    ana.joins("hall");
    ana.acts("hall", 1);
    ana.acts("pit", 2);
    expect(ana.wasTold()).toEqual(['hall 2 ana {"data":1}', 'pit 2 ana {"data":2}']);
  });
});

describe("decision 13 and 18: game", () => {
  it("goes to every member with the sender's name and a number, unknown fields kept", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("pit");
    ben.joins("pit");
    const at = lobby.time.now();
    ana.sends(
      `{"command":"game","data":{"channel":"pit","team":1.50,"actions":[` +
        `{"timestamp":${at},"from":"ben","seq":7,"data":{"n":12345678901234567890}}]}}`,
    );
    const expected =
      `{"command":"game","data":{"channel":"pit","seq":3,"actions":[` +
      `{"timestamp":${at},"from":"ana","seq":7,"data":{"n":12345678901234567890}}],"team":1.50}}`;
    expect(ben.frames()).toEqual([expected]);
    expect(ana.frames()).toEqual([expected]);
  });

  it.each([
    { said: "missing", text: "" },
    { said: "no number", text: '"timestamp":"now",' },
    { said: "in the future", text: '"timestamp":9999999999999,' },
    { said: "too large for a number", text: '"timestamp":1e999,' },
    { said: "more than 5 s old", text: '"timestamp":10223232,' },
  ])("a timestamp that is $said becomes the server's", ({ text }) => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    ana.sends(`{"command":"game","data":{"channel":"pit","actions":[{${text}"data":1}]}}`);
    const [game] = ana.heard();
    expect(game?.data).toMatchObject({
      actions: [{ timestamp: lobby.time.now(), from: "ana", data: 1 }],
    });
  });

  it.each([
    '"from":"mallory"',
    '"fr\\u006fm":"mallory"',
    '"from":"ana","from":"mallory"',
    '"x":1,"\\u0066\\u0072\\u006f\\u006d":"mallory"',
  ])("the sender's name cannot be forged by %s", (forged) => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    ana.sends(`{"command":"game","data":{"channel":"pit","actions":[{${forged}}]}}`);
    const [frame = ""] = ana.frames();
    expect(String(frame)).not.toContain("mallory");
    expect(String(frame).match(/"from"/g)).toHaveLength(1);
  });

  it("its number cannot be forged", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    ana.sends('{"command":"game","data":{"channel":"pit","seq":99,"s\\u0065q":98,"actions":[{}]}}');
    const [frame = ""] = ana.frames();
    expect(String(frame)).not.toMatch(/9[89]/);
    expect(JSON.parse(String(frame))).toMatchObject({ data: { seq: 2 } });
  });
});

describe("decision 14: whothere", () => {
  it("names those who are connected here, each once, as many as may be", () => {
    const lobby = scene({ gateways: 2, limits: { thereMax: 2 } });
    const [ana] = lobby.enter("ana", "ana", "ben", "carl");
    const elsewhere = lobby.connect("dora", { at: 1 });
    elsewhere.identifies();
    ana.says("whothere", {});
    expect(ana.wasTold()).toEqual(["there: ana, ben"]);
    elsewhere.says("whothere", {});
    expect(elsewhere.wasTold()).toEqual(["idyou", "there: dora"]);
  });
});

describe("decision 16: identity", () => {
  it("an id alone is enough for a free name, a wrong token is not", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    expect(ana.isConnected).toBe(true);
    const ben = lobby.connect("ben");
    ben.identifies({ token: "nonsense" });
    expect(ben.wasTold()).toEqual(["idyou", "error token_invalid"]);
    expect(ben.closedBy).toEqual({ why: "token_invalid", code: 4401 });
  });
});

describe("decision 17: what a client may ask for", () => {
  it("leaving a channel goes unanswered, like joining", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.joins("pit");
    ana.leaves("pit");
    expect(ana.wasTold()).toEqual([]);
  });

  it("who resumes is told the channels, and how much is lost of them", () => {
    const lobby = scene({ rules: { historyEventsMax: 1 } });
    const resume = "sixteen letters!";
    const ana = lobby.connect("ana");
    ana.identifies({ resume });
    expect(ana.wasTold()).toEqual(["idyou", "resumed "]);
    const [ben] = lobby.enter("ben");
    ana.joins("pit");
    ben.joins("pit");
    ana.drops();
    for (const what of ["lost", "lost too", "kept"]) ben.acts("pit", what);
    ana.returns({ resume, seen: { pit: 2 } });
    expect(ana.wasTold()).toEqual([
      "idyou",
      "resumed pit",
      "pit lost 2",
      'pit 5 ben {"data":"kept"}',
    ]);
  });
});

describe("decision 19: version 1 stays as it is", () => {
  it("hears no joins, leaves or acknowledgements that only version 2 knows", () => {
    const lobby = scene();
    const [ana, ben] = lobby.enter("ana", "ben");
    ana.joins("pit");
    ben.joins("pit");
    ben.says("game", { channel: "pit", actions: [{}] }, 7);
    ben.leaves("pit");
    expect(ana.heard().map(({ command }) => command)).toEqual(["game"]);
    expect(ben.heard().map(({ command }) => command)).toEqual(["game"]);
  });

  it("hears nothing of version 2's commands", () => {
    const lobby = scene();
    const [ana] = lobby.enter("ana");
    ana.says("history", { channel: "pit", after: 0 });
    ana.says("garbled", { code: "internal" });
    expect(ana.wasTold()).toEqual([]);
  });
});
