/** Version 2 and version 1 in the whole house: words, accounts, friends and rooms as clients meet them. */
import { type Player, scene, type Tongue } from "@roundhouse/testkit";
import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";

const packr = new Packr({ useRecords: false, mapsAsObjects: true });
const msgpack: Tongue = {
  subprotocol: "turntable.v2",
  write: (command, data, request) => packr.pack([command, data, ...(request ? [request] : [])]),
  read: (frame) => {
    const [command, data, request] = packr.unpack(frame as Uint8Array);
    return { command, data, request };
  },
};

type Lobby = ReturnType<typeof scene>;
const PASSWORD = "correct horse";

/** Comes with an account, which is made if there is none; what it heard so far is read. */
function member(lobby: Lobby, name: string): Player {
  const player = lobby.connect(name, { speaks: msgpack });
  player.asks("signup", { id: name, password: PASSWORD });
  player.asks("login", { id: name, password: PASSWORD });
  player.frames();
  return player;
}

function friends(lobby: Lobby, one: string, other: string): readonly [Player, Player] {
  const [asker, asked] = [member(lobby, one), member(lobby, other)];
  asker.asks("befriend", { user: other });
  asked.asks("answer", { request: requestIn(asked), how: "approve" });
  asker.frames();
  asked.frames();
  return [asker, asked];
}

/** The data of the last frame of a command. */
function last(player: Player, command: string): Record<string, unknown> {
  const found = player.heard().findLast((it) => it.command === command);
  return (found?.data ?? {}) as Record<string, unknown>;
}

const requestIn = (player: Player): unknown => last(player, "notice")["request"];

describe("words", () => {
  it("cross from each version to the other, in one order with everything else", () => {
    const lobby = scene();
    const ana = member(lobby, "ana");
    const [ben] = lobby.enter("ben");
    ana.joins("pit");
    ben.joins("pit");
    ana.asks("say", { channel: "pit", text: "hello" });
    ben.acts("pit", { text: "hi" });
    ben.acts("pit", { text: "hi", loud: true });
    expect(ben.wasTold()).toEqual([
      'pit 3 ana {"data":{"text":"hello"}}',
      'pit 4 ben {"data":{"text":"hi"}}',
      'pit 5 ben {"data":{"text":"hi","loud":true}}',
    ]);
    const heard = ana.heard().filter(({ command }) => command === "said" || command === "game");
    expect(heard.map(({ data }) => data)).toMatchObject([
      { channel: "pit", seq: 3, from: "ana", text: "hello" },
      { channel: "pit", seq: 4, from: "ben", text: "hi" },
      { channel: "pit", seq: 5, actions: [{ from: "ben" }] },
    ]);
  });

  it("need a seat, whoever says them", () => {
    const lobby = scene();
    const ana = member(lobby, "ana");
    const [ben] = lobby.enter("ben");
    ana.asks("say", { channel: "pit", text: "hello" });
    ben.acts("pit", { text: "hi" });
    expect(ana.wasTold()).toEqual(["error room_unknown"]);
    expect(ben.wasTold()).toEqual(["error not_a_member"]);
    lobby.enter("carl")[0].joins("pit");
    ana.asks("say", { channel: "pit", text: "hello" });
    ben.acts("pit", { text: "hi" });
    for (const it of [ana, ben]) expect(it.wasTold()).toEqual(["error not_a_member"]);
  });

  it("that follow a resumption wait for the seat", () => {
    const lobby = scene();
    const resume = "sixteen letters!";
    const ana = lobby.connect("ana");
    ana.identifies({ resume });
    ana.joins("pit");
    ana.drops();
    ana.frames();
    lobby.atOnce(() => {
      ana.returns({ resume, seen: { pit: 1 } });
      ana.acts("pit", { text: "back" });
    });
    expect(ana.wasTold().at(-1)).toBe('pit 2 ana {"data":{"text":"back"}}');
  });
});

describe("a name with an account", () => {
  it("is its owner's on both versions", () => {
    const lobby = scene();
    member(lobby, "ana");
    for (const speaks of [msgpack, undefined]) {
      const other = lobby.connect("ana", speaks === undefined ? {} : { speaks });
      other.identifies();
      expect(other.wasTold()).toEqual(["idyou", "error token_missing"]);
      expect(other.closedBy?.code).toBe(4401);
    }
  });

  it("is refused with a wrong password, and nothing is told apart by a name that is free", () => {
    const lobby = scene();
    member(lobby, "ana");
    for (const name of ["ana", "nobody"]) {
      const other = lobby.connect(name, { speaks: msgpack });
      other.asks("login", { id: name, password: "wrong horse" });
      expect(other.wasTold()).toEqual(["idyou", "error password_wrong"]);
      expect(other.closedBy?.code).toBe(4401);
    }
  });

  it("that was free when its guests came is theirs no longer", () => {
    const lobby = scene();
    const [guest] = lobby.enter("ana");
    const other = lobby.connect("ana", { speaks: msgpack });
    other.identifies();
    member(lobby, "ana");
    for (const it of [guest, other]) expect(it.closedBy?.why).toBe("token_missing");
  });

  it("changes its password, and tells what it is called", () => {
    const lobby = scene();
    const ana = member(lobby, "ana");
    ana.asks("password", { old: PASSWORD, new: "another horse" });
    ana.asks("describe", { nickname: "Ana", description: "drives" });
    ana.asks("profile", { user: "ana" });
    expect(last(ana, "ok")).toMatchObject({ user: "ana", nickname: "Ana", description: "drives" });
    const again = lobby.connect("ana", { speaks: msgpack });
    again.asks("login", { id: "ana", password: "another horse" });
    expect(last(again, "account")).toMatchObject({ user: "ana", nickname: "Ana" });
  });
});

describe("friends", () => {
  it("are asked, see it at the next sign-in too, and approve", () => {
    const lobby = scene();
    const [ana, ben] = [member(lobby, "ana"), member(lobby, "ben")];
    ana.asks("befriend", { user: "ben", text: "it is me" });
    const request = requestIn(ben);
    ben.goes();
    const later = lobby.connect("ben", { speaks: msgpack });
    later.asks("login", { id: "ben", password: PASSWORD });
    expect(last(later, "account")["requests"]).toMatchObject([
      { request, from: "ana", text: "it is me" },
    ]);
    later.asks("answer", { request, how: "approve" });
    expect(last(ana, "notice")).toMatchObject({ kind: "approved", user: "ben", kept: false });
  });

  it("whisper; what is whispered to who is away is told once, when it was heeded", () => {
    const lobby = scene();
    const [ana, ben] = friends(lobby, "ana", "ben");
    ben.goes();
    for (const text of ["first", "second"]) ana.asks("whisper", { user: "ben", text });
    const arrives = () => {
      const player = lobby.connect("ben", { speaks: msgpack });
      player.asks("login", { id: "ben", password: PASSWORD });
      const notices = player.heard().filter(({ command }) => command === "notice");
      return { player, texts: notices.map(({ data }) => (data as { text: string }).text) };
    };
    const lost = arrives();
    expect(lost.texts).toEqual(["first", "second"]);
    lost.player.drops();
    const heeding = arrives();
    expect(heeding.texts).toEqual(["first", "second"]);
    heeding.player.asks("heed", {});
    heeding.player.drops();
    expect(arrives().texts).toEqual([]);
  });

  it("part on both sides", () => {
    const lobby = scene();
    const [ana, ben] = friends(lobby, "ana", "ben");
    ana.asks("unfriend", { user: "ben" });
    expect(last(ben, "notice")).toMatchObject({ kind: "unfriended", user: "ana", why: "removed" });
    ben.asks("whisper", { user: "ana", text: "psst" });
    expect(ben.wasTold()).toEqual(["error not_a_friend"]);
  });
});

describe("a created room", () => {
  it("by permission is entered when its owner approves", () => {
    const lobby = scene();
    const [ana, ben] = [member(lobby, "ana"), member(lobby, "ben")];
    ana.asks("create", { channel: "vault", access: "permission" });
    ben.asks("joingame", { channel: "vault" });
    expect(ben.wasTold()).toEqual(["error room_closed"]);
    ben.asks("enter", { channel: "vault" });
    ana.asks("answer", { request: requestIn(ana), how: "approve" });
    expect(last(ben, "notice")).toMatchObject({ kind: "approved", channel: "vault" });
    ben.asks("joingame", { channel: "vault" });
    expect(last(ben, "ok")).toMatchObject({ mates: ["ana"] });
    ana.frames();
    ana.asks("adjust", { channel: "vault", title: "The vault" });
    expect(last(ben, "titled")).toMatchObject({ channel: "vault", by: "ana", title: "The vault" });
    ana.asks("remove", { channel: "vault", user: "ben" });
    expect(last(ana, "expelled")).toMatchObject({ channel: "vault", user: "ben", why: "removed" });
    expect(last(ben, "notice")).toMatchObject({ kind: "expelled", channel: "vault" });
  });

  it("by password is entered with it, and is found", () => {
    const lobby = scene();
    const [ana, ben] = [member(lobby, "ana"), member(lobby, "ben")];
    ana.asks("create", { channel: "vault", access: "password", password: "open it" });
    ben.asks("enter", { channel: "vault", password: "open me" });
    expect(ben.wasTold()).toEqual(["error password_wrong"]);
    ben.asks("enter", { channel: "vault", password: "open it" });
    ben.asks("say", { channel: "vault", text: "I am in" });
    expect(last(ana, "said")).toMatchObject({ from: "ben", text: "I am in" });
    ben.frames();
    ben.asks("search", { kind: "rooms", prefix: "va" });
    const found = { channel: "vault", title: "vault", access: "password" };
    expect(last(ben, "ok")).toEqual({ rooms: [found] });
  });
});
