// The whole house: gateway, shards and accounts, with a protocol that hears each by itself.
import {
  hashOf,
  LossyBus,
  type Player,
  parrot,
  parrotTongue,
  type Scene,
  scene,
  seconds,
} from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";

let lobby: Scene;
beforeEach(() => {
  lobby = scene({ protocols: [parrot()] });
});

const enter = (name: string, from = "here"): Player => {
  return lobby.connect(name, { speaks: parrotTongue, from });
};
const errs = (player: Player, errand: object, request = 1): void => {
  player.says("errand", { errand }, request);
};
const signUp = (player: Player, password = "secret") => {
  errs(player, { on: "signUp", user: player.name, password, nickname: player.name });
};
const logIn = (player: Player, password = "secret") => {
  const attach = { user: player.name, means: "account", resume: undefined, takesNotices: true };
  errs(player, { on: "logIn", attach, password });
};
type Told = { readonly command: string; readonly data: Record<string, unknown> };
const heard = (player: Player): readonly Told[] => player.heard() as readonly Told[];
/** What it was told, with the code of a refusal. */
const words = (player: Player): readonly string[] => {
  return heard(player).map(({ command, data }) => {
    return [command, data["code"]].filter((it) => it !== undefined).join(" ");
  });
};
function member(name: string): Player {
  const player = enter(name);
  signUp(player);
  logIn(player);
  expect(words(player)).toEqual(["done", "attached"]);
  return player;
}
/** The same, and which life of the name it is. */
function logged(name: string): readonly [Player, unknown] {
  const player = enter(name);
  signUp(player);
  logIn(player);
  const [, attached] = heard(player);
  const account = attached?.data["account"] as { readonly born: unknown } | undefined;
  return [player, account?.born];
}

describe("an account", () => {
  it("is signed up, logged in, and demanded on every protocol from then on", () => {
    member("ana");
    const guest = lobby.connect("ana");
    guest.identifies();
    expect(guest.closedBy?.why).toBe("token_missing");
  });

  it("is logged in by nobody with a wrong password, nor under a name that nobody has", () => {
    member("ana");
    const [ben, cal] = [enter("ana"), enter("nobody")];
    logIn(ben, "guess");
    logIn(cal);
    expect([...words(ben), ...words(cal)]).toEqual([
      "refused password_wrong",
      "refused password_wrong",
    ]);
    expect(lobby.passwords.asked.slice(-2)).toEqual([
      `check guess against ${hashOf("secret")}`,
      "check secret against undefined",
    ]);
  });

  it("changes its password, and is deleted with it", () => {
    const ana = member("ana");
    errs(ana, { on: "setPassword", user: "ana", old: "secret", password: "other" });
    errs(ana, { on: "deleteAccount", user: "ana", password: "secret" });
    errs(ana, { on: "deleteAccount", user: "ana", password: "other" });
    expect(words(ana)).toEqual(["done", "refused password_wrong", "done", "ended account_deleted"]);
    ana.says("logOut", {});
    expect(words(ana)).toEqual(["renewed"]);
    signUp(ana);
    logIn(ana);
    expect(words(ana)).toEqual(["done", "attached"]);
  });

  it("ends its older session by a newer one; that connection stays, and logs in again", () => {
    const ana = member("ana");
    const other = enter("ana");
    logIn(other);
    expect(words(ana)).toEqual(["ended session_replaced"]);
    ana.says("logOut", {});
    expect(words(ana)).toEqual(["renewed"]);
    logIn(ana);
    expect(words(ana)).toEqual(["attached"]);
    expect(words(other)).toEqual(["attached", "ended session_replaced"]);
    expect(lobby.who("ana").sessions).toHaveLength(1);
    lobby.passes(seconds(25));
    expect(lobby.gateways[0]?.stats.repairs.digest.begun).toBe(0);
  });

  it("is logged out and lets the connection be somebody else, or nobody for so long", () => {
    const ana = member("ana");
    ana.says("logOut", {});
    expect(lobby.who("ana").status).toBe("offline");
    expect(words(ana)).toEqual(["renewed"]);
    lobby.passes(seconds(29));
    expect(ana.isConnected).toBe(true);
    lobby.passes(seconds(2));
    expect(ana.closedBy?.why).toBe("identity_too_slow");
  });

  it("is found, and counted", () => {
    for (const name of ["ana", "ann", "ben"]) member(name);
    const ana = enter("anton");
    ana.says("search", { kind: "users", prefix: "an" }, 3);
    ana.says("count", {}, 4);
    lobby.passes(seconds(3));
    const [found, counted] = heard(ana);
    expect(found?.data).toMatchObject({ request: 3, found: { on: "users" } });
    const users = [{ id: "ana" }, { id: "ann" }];
    expect(found?.data).toMatchObject({ found: { users } });
    expect(counted?.data).toMatchObject({ facts: { users: 3, online: 3, rooms: 0 } });
  });

  it("that was given a session in frames that are lost is logged in anew", () => {
    let lossy: LossyBus | undefined;
    lobby = scene({
      ...{ protocols: [parrot()], shards: 1 },
      wire: (ledger) => (lossy = new LossyBus(ledger)),
    });
    const ana = enter("ana");
    signUp(ana);
    expect(words(ana)).toEqual(["done"]);
    lobby.passwords.isHeld = true;
    logIn(ana);
    if (lossy !== undefined) lossy.loses = () => true;
    lobby.passwords.release();
    lobby.settle();
    if (lossy !== undefined) lossy.loses = () => false;
    lossy?.notices();
    lobby.passwords.isHeld = false;
    lobby.passes(seconds(11));
    expect(words(ana)).toEqual(["refused shard_unavailable", "renewed"]);
    logIn(ana);
    expect(words(ana)).toEqual(["attached"]);
    expect(lobby.who("ana").sessions).toHaveLength(1);
    lobby.passes(seconds(25));
    expect(lobby.gateways[0]?.stats.repairs.digest.begun).toBe(0);
  });
});

describe("a room of two protocols", () => {
  const joins = (player: Player, room: string): void => {
    const command = { on: "join", room, user: player.name, invite: [] };
    player.says("room", { command });
  };

  it("is heard by who hears each as by who hears alike, in one order", () => {
    const [ben] = lobby.enter("ben");
    const ana = member("ana");
    ben.joins("pit");
    joins(ana, "pit");
    ben.acts("pit", 1, 2);
    const [cal] = lobby.enter("cal");
    cal.joins("pit");
    const told = heard(ana).filter(({ command }) => command === "heard");
    expect(told.map(({ data }) => (data["events"] as { on: string }[])[0]?.on)).toEqual([
      "game",
      "joined",
    ]);
    expect(ben.wasTold()).toEqual(['pit 3 ben {"data":1}', 'pit 4 ben {"data":2}']);
    ana.goes();
    ben.acts("pit", 3);
    expect(lobby.room("pit")?.members).toBe(2);
  });

  it("fills up for each what was lost on the way", () => {
    let lossy: LossyBus | undefined;
    lobby = scene({
      ...{ protocols: [parrot()], shards: 1 },
      wire: (ledger) => (lossy = new LossyBus(ledger)),
    });
    const [ben] = lobby.enter("ben");
    const ana = member("ana");
    ben.joins("pit");
    joins(ana, "pit");
    heard(ana);
    if (lossy !== undefined) lossy.loses = () => true;
    ben.acts("pit", 1);
    if (lossy !== undefined) lossy.loses = () => false;
    lossy?.notices();
    lobby.settle();
    ben.acts("pit", 2);
    const events = heard(ana).flatMap(({ data }) => data["events"] as { seq: number }[]);
    expect(events.map(({ seq }) => seq)).toEqual([3, 4]);
  });
});

describe("a created room", () => {
  it("by password is entered with it", () => {
    const [[ana, bornAna], [ben, bornBen]] = [logged("ana"), logged("ben")];
    const title = "Den";
    const create = { room: "den", user: "ana", born: bornAna, title, access: "password" };
    errs(ana, { on: "create", create, password: "open it" });
    expect(words(ana)).toContain("done");
    const enterDen = { room: "den", user: "ben", born: bornBen };
    errs(ben, { on: "enter", enter: enterDen, password: "guess it" });
    expect(words(ben)).toEqual(["refused password_wrong"]);
    errs(ben, { on: "enter", enter: enterDen, password: "open it" });
    expect(words(ben)).toContain("done");
    const say = { on: "say", room: "den", user: "ben", text: "hello" };
    ben.says("charter", { command: say });
    const [event] = heard(ana)
      .flatMap(({ data }) => (data["events"] ?? []) as { on: string }[])
      .slice(-1);
    expect(event).toMatchObject({ on: "said", from: "ben", text: "hello" });
  });
});
