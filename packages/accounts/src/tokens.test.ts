import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { type Clock, type Result, sentence } from "@roundhouse/kernel";
import { SignJWT } from "jose";
import { describe, expect, it, vi } from "vitest";
import { type Life, openTokens, type Proof, type TokenKeys } from "./tokens.ts";

const secret = "a secret of at least thirty-two bytes";
const other = "another secret of at least as many bytes";
const ed = generateKeyPairSync("ed25519");
const pem = ed.publicKey.export({ type: "spki", format: "pem" }).toString();
const start = Date.UTC(2026, 0, 1);

function at(secondsLater: number): Pick<Clock, "now"> {
  return { now: () => start + secondsLater * 1_000 };
}

function prove(keys: Partial<TokenKeys>, token: string, user: string): Promise<Result<Proof>> {
  return new Promise((resolve) =>
    openTokens({ clock: at(0), ...keys }).prove(token, user, resolve),
  );
}

async function issued(user: string, seconds = 60, life?: Life): Promise<string> {
  const result = await openTokens({ secret, clock: at(0) }).issue(user, seconds, life);
  if (!result.ok) throw new Error(result.code);
  return result.value;
}

/** A token with any header and claims, signed by any key. */
function signed(alg: string, key: KeyObject | string, claims: Record<string, unknown>) {
  const signing = typeof key === "string" ? new TextEncoder().encode(key) : key;
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(signing);
}

/** The three parts as they are, signed by nobody. */
function raw(header: unknown, claims: unknown, signature = ""): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.${signature}`;
}

describe("a token", () => {
  it("proves the name for which it was issued", async () => {
    const proof = await prove({ secret }, await issued("1:12345"), "1:12345");
    expect(proof).toEqual({ ok: true, value: { user: "1:12345", expiresAt: start + 60_000 } });
  });

  it("proves no other name", async () => {
    expect(await prove({ secret }, await issued("ben"), "ana")).toMatchObject({
      code: "token_other_user",
    });
  });

  it.each([
    { secondsLater: 59, code: undefined },
    { secondsLater: 69, code: undefined }, // Clocks may differ by ten seconds.
    { secondsLater: 70, code: "token_expired" },
    { secondsLater: 1e9, code: "token_expired" },
  ])("of 60 s, $secondsLater s later: $code", async ({ secondsLater, code }) => {
    const proof = await prove({ secret, clock: at(secondsLater) }, await issued("ben"), "ben");
    expect(proof.ok ? undefined : proof.code).toBe(code);
  });

  it("of another issuer is good when its Ed25519 key is known", async () => {
    const token = await signed("EdDSA", ed.privateKey, {
      sub: "ben",
      iss: "https://login.example",
    });
    const value = { user: "ben", expiresAt: undefined };
    expect(await prove({ publicKey: pem }, token, "ben")).toEqual({ ok: true, value });
    expect(await prove({ publicKey: pem.replaceAll("\n", "\\n") }, token, "ben")).toMatchObject({
      ok: true,
    });
  });

  it.each([
    { what: "an account", life: { born: 4_294_967_295 } },
    { what: "an account as long as it keeps its password", life: { born: 7, turn: 2 } },
    { what: "whoever is called so", life: undefined },
  ])("made for $what says so", async ({ life }) => {
    const proof = await prove({ secret }, await issued("ben", 60, life), "ben");
    expect(proof).toEqual({ ok: true, value: { user: "ben", expiresAt: start + 60_000, life } });
  });

  it("of another issuer is for whoever is called so, whatever it says of births and turns", async () => {
    const token = await signed("HS256", secret, { sub: "ben", born: "1990-01-01", turn: 7 });
    expect(await prove({ secret }, token, "ben")).toEqual({ ok: true, value: { user: "ben" } });
  });

  it("is verified by the key of its algorithm when there are both", async () => {
    const token = await signed("EdDSA", ed.privateKey, { sub: "ben" });
    expect(await prove({ secret, publicKey: pem }, token, "ben")).toMatchObject({ ok: true });
    expect(await prove({ secret, publicKey: pem }, await issued("ben"), "ben")).toMatchObject({
      ok: true,
    });
  });
});

describe("a token that proves nothing", () => {
  const stranger = generateKeyPairSync("ed25519").privateKey;
  it.each([
    { what: "none at all", token: "", code: "token_missing" },
    { what: "garbage", token: "garbage" },
    { what: "dots", token: ".." },
    { what: "not base64", token: "ä.ö.ü" },
    { what: "4 KiB and one", token: "x".repeat(4_097), reason: "too long" },
    { what: "ten megabytes", token: "x".repeat(10_000_000), reason: "too long" },
    { what: "alg none", token: raw({ alg: "none" }, { sub: "ben" }), reason: "algorithm" },
    { what: "alg nOnE", token: raw({ alg: "nOnE" }, { sub: "ben" }), reason: "algorithm" },
    { what: "no alg", token: raw({}, { sub: "ben" }, "AAAA") },
    {
      what: "an unknown critical header",
      token: raw({ alg: "HS256", crit: ["x"], x: 1 }, { sub: "ben" }, "AAAA"),
    },
    {
      what: "claims changed after signing",
      token: signed("HS256", secret, {}).then((it) => it.replace(/\..*\./, ".W10.")),
      reason: "signature",
    },
    { what: "another secret", token: signed("HS256", other, { sub: "ben" }), reason: "signature" },
    {
      what: "HS512 with the right secret",
      token: signed("HS512", secret + secret, { sub: "ben" }),
      reason: "algorithm",
    },
    {
      what: "the public key used as a secret",
      token: signed("HS256", pem, { sub: "ben" }),
      reason: "signature",
    },
    {
      what: "another Ed25519 key",
      token: signed("EdDSA", stranger, { sub: "ben" }),
      reason: "signature",
    },
    { what: "no sub", token: signed("HS256", secret, {}), code: "token_other_user" },
    {
      what: "a sub that is no text",
      token: signed("HS256", secret, { sub: 7 }),
      code: "token_other_user",
    },
    {
      what: "an exp that is no number",
      token: signed("HS256", secret, { sub: "ben", exp: "soon" }),
      reason: "claims",
    },
    {
      what: "a life that is no number",
      token: signed("HS256", secret, { sub: "ben", roundhouse_born: "7" }),
      reason: "claims",
    },
    {
      what: "a life and a password that is none",
      token: signed("HS256", secret, { sub: "ben", roundhouse_born: 7, roundhouse_turn: null }),
      reason: "claims",
    },
    {
      what: "a password of no life",
      token: signed("HS256", secret, { sub: "ben", roundhouse_turn: 1 }),
      reason: "claims",
    },
    {
      what: "a time before which it is not good",
      token: signed("HS256", secret, { sub: "ben", nbf: start / 1_000 + 60 }),
      reason: "claims",
    },
  ])("$what", async ({ token, code = "token_invalid", reason }) => {
    const proof = await prove({ secret, publicKey: pem }, await token, "ben");
    expect(proof).toMatchObject({ ok: false, code });
    if (reason !== undefined) expect(proof).toMatchObject({ facts: { reason } });
  });

  it("does not show itself in what is told about it", async () => {
    const token = `${await issued("ben")}x`;
    const proof = await prove({ secret }, token, "ben");
    if (proof.ok) throw new Error("it was good");
    expect(sentence(proof.code, proof.facts)).not.toContain(token.slice(0, 10));
  });

  it("with a public key alone: one that was signed with its text as a secret", async () => {
    const token = await signed("HS256", pem, { sub: "ben" });
    expect(await prove({ publicKey: pem }, token, "ben")).toMatchObject({
      facts: { reason: "algorithm" },
    });
  });

  it("is every token when there is no key", async () => {
    expect(await prove({}, await issued("ben"), "ben")).toMatchObject({ code: "token_invalid" });
  });
});

describe("proving", () => {
  it("never answers before it returned", async () => {
    const then = vi.fn();
    openTokens({ secret, clock: at(0) }).prove("", "ben", then);
    expect(then).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(then).toHaveBeenCalledOnce());
  });
});

describe("issuing", () => {
  it.each([
    {
      what: "without a secret",
      keys: { publicKey: pem },
      user: "ben",
      seconds: 60,
      code: "token_unsigned",
    },
    { what: "for nobody", keys: { secret }, user: "", seconds: 60, code: "name_invalid" },
    {
      what: "for a name too long",
      keys: { secret },
      user: "x".repeat(257),
      seconds: 60,
      code: "name_invalid",
    },
    { what: "for no time", keys: { secret }, user: "ben", seconds: 0, code: "field_invalid" },
    {
      what: "for half a second",
      keys: { secret },
      user: "ben",
      seconds: 0.5,
      code: "field_invalid",
    },
    {
      what: "for ever",
      keys: { secret },
      user: "ben",
      seconds: Number.POSITIVE_INFINITY,
      code: "field_invalid",
    },
  ])("$what is refused: $code", async ({ keys, user, seconds, code }) => {
    expect(await openTokens({ ...keys, clock: at(0) }).issue(user, seconds)).toMatchObject({
      code,
    });
  });
});
