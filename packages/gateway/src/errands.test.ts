import type { Command, Told, Vouched } from "@roundhouse/domain";
import { ok, type Result } from "@roundhouse/kernel";
import { type Actor, hashOf, parrot, Stage } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it } from "vitest";

let stage: Stage;
beforeEach(() => {
  stage = new Stage({ protocols: [parrot({ identifyMs: 3_600_000 })] });
});

const RIGHT = { on: "credentials", born: 7, proof: { hash: hashOf("secret"), turn: 3 } } as const;
const CHALLENGE = { on: "challenge", room: "den" as never, proof: RIGHT.proof } as const;
const ACCOUNT = { born: 7, turn: 3, nickname: "Ana", description: "", friends: [], rooms: [] };
const attach = { user: "ana", means: "account", resume: undefined };
const logIn = (password = "secret", user = "ana") => {
  const errand = { on: "logIn", attach: { ...attach, user }, password };
  return { to: "errand", errand, request: 5 };
};
const enter = (password?: string) => {
  const errand = { on: "enter", enter: { room: "den", user: "ana", born: 7 }, password };
  return { to: "errand", errand, request: 8 };
};
const refused = (code: string, request: number, more: object = {}) => {
  return { on: "told", told: { on: "refused", code, facts: {}, request, ...more } };
};

/** The one thing that shards were asked since the last time. */
function asked(): Command {
  const [command, ...more] = stage.asked();
  if (command === undefined || more.length > 0) throw new Error(`asked ${more.length + 1} things`);
  return command;
}
const numberOf = (command: Command): number => Number("request" in command ? command.request : 0);

/** Answers what was asked last. */
function answer(actor: Actor, told: Told): Command {
  const command = asked();
  stage.tell(actor.session, { ...told, request: numberOf(command) } as Told);
  return command;
}

function logsIn(ana: Actor): void {
  ana.asks(logIn());
  answer(ana, RIGHT);
  answer(ana, { on: "attached", user: "ana", resumed: undefined, account: ACCOUNT } as never);
}

describe("a log-in", () => {
  it("is asked for under a number of ours, and answered under the protocol's own", () => {
    const ana = stage.connect("1.2.3.4");
    ana.asks(logIn());
    const first = answer(ana, RIGHT);
    expect(first).toMatchObject({ on: "credentials", user: "ana", address: "1.2.3.4" });
    expect(numberOf(first)).toBeLessThan(0);
    const credentials = { born: 7, turn: 3, address: "1.2.3.4" };
    const attached = { on: "attached", user: "ana", resumed: undefined, account: ACCOUNT };
    expect(answer(ana, attached as never)).toMatchObject({
      ...{ on: "attach", proven: true, credentials, means: "account", session: ana.session },
    });
    expect(stage.passwords.asked).toEqual([`check secret against ${hashOf("secret")}`]);
    expect(stage.passwords.from).toEqual(["1.2.3.4"]);
    expect(ana.heard()).toEqual([{ on: "told", told: { ...attached, request: 5 } }]);
    expect(stage.gateway.identified).toBe(1);
    expect([...stage.gateway.stats.errands]).toEqual([["logIn done", 1]]);
  });

  it("with a wrong password takes as long as for a name that nobody has, and says the same", () => {
    const [ana, ben] = [stage.connect(), stage.connect()];
    for (const [actor, proof] of [
      [ana, RIGHT.proof],
      [ben, undefined],
    ] as const) {
      actor.asks(logIn("guess"));
      answer(actor, { ...RIGHT, proof });
      expect(actor.heard()).toEqual([refused("password_wrong", 5)]);
    }
    expect(stage.passwords.asked).toEqual([
      `check guess against ${hashOf("secret")}`,
      "check guess against undefined",
    ]);
    expect(stage.asked()).toEqual([]);
  });

  it("that the shard refuses in the end leaves a connection without a name", () => {
    const ana = stage.connect();
    ana.asks(logIn());
    answer(ana, RIGHT);
    answer(ana, { on: "refused", code: "account_banned", facts: {} });
    expect(ana.heard()).toEqual([refused("account_banned", 5)]);
    expect(stage.gateway.identified).toBe(0);
    ana.socket.leaves(true);
    expect(stage.asked()).toEqual([]);
    expect(stage.gateway.stats.refusals.get("account_banned")).toBe(1);
  });

  it("whose last answer got lost is given up, and so is the session that it may have begun", () => {
    const ana = stage.connect();
    const { session } = ana;
    ana.asks(logIn());
    answer(ana, RIGHT);
    expect(asked().on).toBe("attach");
    // What a snapshot tells after a loss lacks the account.
    stage.tell(session, { on: "attached", user: "ana" as never, resumed: undefined });
    expect(ana.heard()).toEqual([]);
    stage.passes(9);
    expect(ana.heard()).toEqual([]);
    stage.passes(1);
    expect(ana.session).not.toBe(session);
    expect(ana.heard()).toEqual([
      refused("shard_unavailable", 5),
      { on: "renewed", session: ana.session },
    ]);
    expect(stage.asked()).toEqual([{ on: "detach", user: "ana", session, how: "left", got: 0 }]);
    stage.tell(session, { on: "attached", user: "ana" as never, resumed: undefined, request: -1 });
    expect(ana.heard()).toEqual([]);
  });

  it("that the shard knows nothing of after a loss ends at once", () => {
    const ana = stage.connect();
    ana.asks(logIn());
    answer(ana, RIGHT);
    stage.tell(ana.session, { on: "ended", code: "session_lost" });
    expect(ana.heard()).toEqual([
      refused("session_lost", 5),
      { on: "renewed", session: ana.session },
    ]);
  });

  it("is not hurried by a connection that closes: nothing happens any more", () => {
    stage.passwords.isHeld = true;
    const ana = stage.connect();
    ana.asks(logIn());
    answer(ana, RIGHT);
    expect(stage.passwords.waiting).toBe(1);
    ana.socket.leaves(false);
    expect(stage.passwords.waiting).toBe(0);
    stage.passwords.release();
    expect(stage.asked()).toEqual([]);
    expect(ana.heard()).toEqual([]);
    expect([...stage.gateway.stats.errands]).toEqual([["logIn left", 1]]);
  });
});

describe("a connection", () => {
  it("has one errand at a time", () => {
    const ana = stage.connect();
    ana.asks(logIn());
    ana.asks(enter());
    expect(ana.heard()).toEqual([refused("session_busy", 8, { room: "den" })]);
    expect([...stage.gateway.stats.errands]).toEqual([["enter session_busy", 1]]);
    answer(ana, { ...RIGHT, proof: undefined });
    expect(ana.heard()).toEqual([refused("password_wrong", 5)]);
    ana.asks(enter());
    expect(asked().on).toBe("enter");
  });

  it("that logs out meanwhile has none any more, and late answers concern nobody", () => {
    const ana = stage.connect();
    ana.asks(logIn());
    const number = numberOf(asked());
    const { session } = ana;
    ana.asks({ to: "logOut" });
    expect(ana.heard()).toEqual([{ on: "renewed", session: ana.session }]);
    stage.tell(session, { ...RIGHT, request: number });
    ana.asks(logIn());
    stage.tell(ana.session, { ...RIGHT, request: number });
    expect(ana.heard()).toEqual([]);
    expect(stage.passwords.asked).toEqual([]);
  });

  it("is told in time when nobody answers", () => {
    const ana = stage.connect();
    ana.asks(logIn());
    const number = numberOf(asked());
    stage.passes(10);
    expect(ana.heard()).toEqual([refused("shard_unavailable", 5)]);
    stage.tell(ana.session, { on: "done", request: number });
    stage.tell(ana.session, { ...RIGHT, request: number });
    expect(ana.heard()).toEqual([]);
    stage.passwords.isHeld = true;
    ana.asks(logIn());
    answer(ana, RIGHT);
    stage.passes(119);
    expect(ana.heard()).toEqual([]);
    expect(stage.passwords.waiting).toBe(1);
    stage.passes(1);
    expect(ana.heard()).toEqual([refused("passwords_busy", 5)]);
    expect(stage.passwords.waiting).toBe(0);
    stage.passwords.release();
    expect(stage.asked()).toEqual([]);
  });

  it("that logs out, or whose gateway is declared dead, leaves the line for passwords", () => {
    stage.passwords.isHeld = true;
    const [ana, ben] = [stage.connect(), stage.connect()];
    for (const actor of [ana, ben]) {
      actor.asks(logIn());
      answer(actor, RIGHT);
    }
    expect(stage.passwords.waiting).toBe(2);
    ana.asks({ to: "logOut" });
    expect(stage.passwords.waiting).toBe(1);
    stage.gateway.reborn("gate-2" as never, { append: () => ok(undefined), hear: () => () => {} });
    expect(stage.passwords.waiting).toBe(0);
  });

  it("is told when inboxes or the line for passwords are full", () => {
    const ana = stage.connect();
    stage.refuses = ({ on }) => on === "credentials";
    ana.asks(logIn());
    expect(ana.heard()).toEqual([refused("inbox_full", 5)]);
    stage.refuses = () => false;
    stage.passwords.isBusy = true;
    ana.asks(logIn());
    answer(ana, RIGHT);
    expect(ana.heard()).toEqual([refused("passwords_busy", 5)]);
  });
});

describe("what needs a password", () => {
  const errand = (it: object, request = 9) => ({ to: "errand", errand: it, request });
  const done = { on: "told", told: { on: "done", request: 9 } };

  it("signs up with a hash", () => {
    const ana = stage.connect();
    ana.asks(errand({ on: "signUp", user: "ana", password: "secret", nickname: "Ana" }));
    const command = answer(ana, { on: "done" });
    expect(command).toMatchObject({ on: "signUp", user: "ana", nickname: "Ana" });
    expect(command).toMatchObject({ hash: hashOf("secret"), session: ana.session });
    expect(ana.heard()).toEqual([done]);
  });

  it("changes a password: the old one is checked, then the new one hashed", () => {
    const ana = stage.connect();
    ana.asks(errand({ on: "setPassword", user: "ana", old: "secret", password: "other" }));
    answer(ana, RIGHT);
    const command = answer(ana, { on: "done" });
    expect(command).toMatchObject({ on: "setPassword", turn: 3, hash: hashOf("other") });
    expect(ana.heard()).toEqual([done]);
  });

  it("deletes an account", () => {
    const ana = stage.connect();
    ana.asks(errand({ on: "deleteAccount", user: "ana", password: "secret" }));
    answer(ana, RIGHT);
    const command = answer(ana, { on: "done" });
    expect(command).toMatchObject({ on: "deleteAccount", user: "ana", turn: 3 });
    expect(ana.heard()).toEqual([done]);
  });

  const create = { room: "den", user: "ana", born: 7, title: "Den", access: "public" };

  it.each([
    { password: undefined, hash: undefined },
    { password: "secret", hash: hashOf("secret") },
  ])("creates a room, with password $password or without", ({ password, hash }) => {
    const ana = stage.connect();
    ana.asks(errand({ on: "create", create, password }));
    const command = asked();
    expect(command).toMatchObject({ on: "create", ...create, session: ana.session });
    expect(command).toHaveProperty("hash", hash);
    const request = numberOf(command);
    stage.tell(ana.session, { on: "seated", room: "den" as never, seq: 1, request });
    stage.tell(ana.session, { on: "done", request });
    const seated = { on: "seated", room: "den", seq: 1, request: 9 };
    expect(ana.heard()).toEqual([{ on: "told", told: seated }, done]);
  });

  it("adjusts a room, with a hash among the changes", () => {
    const ana = stage.connect();
    const adjust = { room: "den", user: "ana", changes: { access: "password" } };
    ana.asks(errand({ on: "adjust", adjust, password: "secret" }));
    const changes = { access: "password", hash: hashOf("secret") };
    expect(answer(ana, { on: "done" })).toMatchObject({ on: "adjust", room: "den", changes });
    expect(ana.heard()).toEqual([done]);
  });
});

describe("entering a room", () => {
  it("without a password is one question", () => {
    const ana = stage.connect("1.2.3.4");
    ana.asks(enter());
    const command = answer(ana, { on: "done" });
    expect(command).toMatchObject({ on: "enter", hasPassword: false, address: "1.2.3.4" });
    expect(ana.heard()).toEqual([{ on: "told", told: { on: "done", request: 8 } }]);
  });

  it("by password is asked again with what the password was checked against", () => {
    const ana = stage.connect();
    ana.asks(enter("secret"));
    expect(answer(ana, CHALLENGE)).toMatchObject({ on: "enter", hasPassword: true });
    expect(answer(ana, { on: "done" })).toMatchObject({ on: "enter", turn: 3 });
    expect(ana.heard()).toEqual([{ on: "told", told: { on: "done", request: 8 } }]);
  });

  it.each([
    { password: "guess", code: "password_wrong" },
    { password: undefined, code: "room_password_invalid" },
  ])("with $password where another one is wanted is $code", ({ password, code }) => {
    const ana = stage.connect();
    ana.asks(enter(password));
    answer(ana, CHALLENGE);
    expect(ana.heard()).toEqual([refused(code, 8, { room: "den" })]);
    expect(stage.asked()).toEqual([]);
  });
});

describe("new accounts from one address", () => {
  const signUp = (user: string) => {
    return {
      to: "errand",
      errand: { on: "signUp", user, password: "secret", nickname: user },
      request: 9,
    };
  };

  it("are so many in a minute; then no password is hashed", () => {
    stage = new Stage({
      protocols: [parrot({ identifyMs: 3_600_000 })],
      limits: { signUpsPerMinuteMax: 2 },
    });
    const [ana, ben] = [stage.connect("a"), stage.connect("b")];
    for (const user of ["ana", "anna"]) {
      ana.asks(signUp(user));
      answer(ana, { on: "refused", code: "account_taken", facts: {} });
    }
    ana.heard();
    ana.asks(signUp("anne"));
    expect(ana.heard()).toEqual([refused("sign_ups_limit", 9)]);
    expect(stage.gateway.stats.errands.get("signUp sign_ups_limit")).toBe(1);
    expect(stage.passwords.asked).toHaveLength(2);
    ben.asks(signUp("ben"));
    expect(answer(ben, { on: "done" }).on).toBe("signUp");
    ana.asks(logIn());
    expect(answer(ana, { ...RIGHT, proof: undefined }).on).toBe("credentials");
    stage.passes(60);
    ana.asks(signUp("anne"));
    expect(asked().on).toBe("signUp");
  });

  it("are refused where only operators make them: nothing is hashed, nobody is asked", () => {
    const identity = { isDemanded: true, isSignUpClosed: true, prove: () => {} };
    stage = new Stage({ identity, limits: { signUpsPerMinuteMax: 1 } });
    const ana = stage.connect("a");
    for (let n = 0; n < 2; n++) ana.asks(signUp("ana"));
    expect(ana.heard()).toEqual([refused("sign_up_closed", 9), refused("sign_up_closed", 9)]);
    expect([stage.asked(), stage.passwords.asked]).toEqual([[], []]);
    expect(stage.gateway.stats.errands.get("signUp sign_up_closed")).toBe(2);
    ana.asks(logIn());
    expect(asked().on).toBe("credentials");
  });

  it("do not count while another errand is under way", () => {
    stage = new Stage({ limits: { signUpsPerMinuteMax: 1 } });
    const ana = stage.connect("a");
    ana.asks(logIn());
    const log = numberOf(asked());
    ana.asks(signUp("ana"));
    expect(ana.heard()).toEqual([refused("session_busy", 9)]);
    stage.tell(ana.session, { on: "refused", code: "account_banned", facts: {}, request: log });
    ana.asks(signUp("ana"));
    expect(asked().on).toBe("signUp");
  });
});

describe("wrong passwords from one address", () => {
  function wrong(from: string, user = "ana"): unknown {
    const actor = stage.connect(from);
    actor.asks(logIn("guess", user));
    for (const command of stage.asked()) {
      stage.tell(actor.session, { ...RIGHT, request: numberOf(command) });
    }
    const [told] = actor.heard() as { told: { code: string } }[];
    return told?.told.code;
  }

  it("are thirty in a minute, whatever they were tried on; then nobody is asked", () => {
    for (let n = 0; n < 30; n++) expect(wrong("a")).toBe("password_wrong");
    expect(wrong("a")).toBe("attempts_exceeded");
    expect(wrong("b")).toBe("password_wrong");
    const { length } = stage.passwords.asked;
    const ana = stage.connect("a");
    ana.asks(logIn());
    expect(ana.heard()).toEqual([refused("attempts_exceeded", 5)]);
    expect(stage.asked()).toEqual([]);
    ana.asks(enter("secret"));
    answer(ana, CHALLENGE);
    expect(ana.heard()).toEqual([refused("attempts_exceeded", 8, { room: "den" })]);
    expect(stage.passwords.asked).toHaveLength(length);
    stage.passes(60);
    expect(wrong("a")).toBe("password_wrong");
  });

  it("keep nobody out of a room that wants none, or is none", () => {
    for (let n = 0; n < 30; n++) wrong("a");
    const ana = stage.connect("a");
    ana.asks(enter());
    answer(ana, { on: "done" });
    ana.asks(enter("secret"));
    answer(ana, { on: "refused", code: "room_unknown", facts: {} });
    expect(ana.heard()).toEqual([
      { on: "told", told: { on: "done", request: 8 } },
      refused("room_unknown", 8),
    ]);
  });

  it("shut nobody out who was right there before, but there alone", () => {
    logsIn(stage.connect("a"));
    for (let n = 0; n < 30; n++) for (const from of ["a", "b"]) wrong(from, "ben");
    const [ana, ben] = [stage.connect("a"), stage.connect("a")];
    ben.asks(logIn("secret", "ben"));
    expect(ben.heard()).toEqual([refused("attempts_exceeded", 5)]);
    logsIn(ana);
    expect(ana.heard()).toMatchObject([{ told: { on: "attached" } }]);
    expect(wrong("a", "ana")).toBe("password_wrong");
    const elsewhere = stage.connect("b");
    elsewhere.asks(logIn());
    expect(elsewhere.heard()).toEqual([refused("attempts_exceeded", 5)]);
  });

  it("that wait in line together tell no more than those that come one by one", () => {
    stage.passwords.isHeld = true;
    const actors = Array.from({ length: 31 }, () => stage.connect("a"));
    for (const [index, actor] of actors.entries()) {
      actor.asks(logIn(index < 30 ? "guess" : "secret"));
      answer(actor, RIGHT);
    }
    stage.passwords.release();
    expect(actors.at(-1)?.heard()).toEqual([refused("attempts_exceeded", 5)]);
    expect(stage.asked()).toEqual([]);
  });
});

describe("a token", () => {
  const identity = {
    isDemanded: false,
    prove: (_: string, __: string, then: (proof: { ok: true; value: undefined }) => void) => {
      then({ ok: true, value: undefined });
    },
    mint: (user: string, { born, turn }: Vouched) => `token of ${user} ${born} ${turn}`,
  };
  const minted = (token?: string) => ({ on: "minted", request: 1, token });

  it("is made for who has proved an account, as it is, and for nobody else", () => {
    stage = new Stage({ identity });
    const ana = stage.connect();
    ana.asks({ to: "mint", request: 1 });
    expect(ana.heard()).toEqual([minted()]);
    logsIn(ana);
    ana.heard();
    ana.asks({ to: "mint", request: 1 });
    expect(ana.heard()).toEqual([minted("token of ana 7 3")]);
    ana.asks({ to: "logOut" });
    ana.heard();
    ana.asks({ to: "identify", attach: { user: "ben", means: "idme", resume: undefined } });
    stage.tell(ana.session, { on: "attached", user: "ben" as never, resumed: undefined });
    ana.heard();
    ana.asks({ to: "mint", request: 1 });
    expect(ana.heard()).toEqual([minted()]);
  });

  it("made for an account is checked against what that is now, by its shard", () => {
    const life = { born: 7, turn: 3 };
    const prove = (
      token: string,
      _: string,
      then: (proof: Result<Vouched | undefined>) => void,
    ) => {
      then(ok(token === "foreign" ? undefined : life));
    };
    stage = new Stage({ identity: { ...identity, prove } });
    for (const token of ["ours", "foreign"]) {
      const attach = { user: "ana", means: "idme", resume: undefined };
      stage.connect().asks({ to: "identify", attach, token });
    }
    const [ours, foreign] = stage.asked();
    expect(ours).toMatchObject({ on: "attach", user: "ana", proven: true, vouched: life });
    expect(foreign).toMatchObject({ on: "attach", user: "ana", proven: true, vouched: undefined });
  });

  it("is none where nobody signs any", () => {
    const ana = stage.connect();
    logsIn(ana);
    ana.heard();
    ana.asks({ to: "mint", request: 1 });
    expect(ana.heard()).toEqual([minted()]);
  });
});
