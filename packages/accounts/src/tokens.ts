/** Signed tokens (JWT): who holds one may speak for the name in its `sub`. */
import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { type Clock, fail, type Millis, ok, parseUserId, type Result } from "@roundhouse/kernel";
import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from "jose";
import { readPublicKey } from "./keys.ts";

/** What a token proves. Without an `exp` it proves it for ever. */
export type Proof = {
  readonly user: string;
  readonly expiresAt: Millis | undefined;
  /** For which account it was made; undefined: for whoever is called so. */
  readonly life: Life | undefined;
};

/** One account of a name that may have had others; with `turn`, as long as it keeps its password. */
export type Life = { readonly born: number; readonly turn?: number | undefined };

export interface Tokens {
  /** Signs a token for `user`. Only with a secret: a public key verifies and cannot sign. */
  issue(user: string, seconds: number, life?: Life): Result<string>;
  /** Calls `then` once, never before it returned. Neither throws nor keeps nor tells the token. */
  prove(token: string, user: string, then: (result: Result<Proof>) => void): void;
}

export type TokenKeys = {
  /** HS256, signs and verifies. */
  readonly secret?: string;
  /** The PEM of an Ed25519 key: EdDSA, verifies only. */
  readonly publicKey?: string;
  readonly clock: Pick<Clock, "now">;
};

export function openTokens({ secret = "", publicKey = "", clock }: TokenKeys): Tokens {
  // The algorithm follows from the key, never from the token: `none` and a public key used as an
  // HMAC secret have no entry here.
  const keys = new Map<string, KeyObject>();
  if (secret !== "") keys.set("HS256", createSecretKey(secret, "utf8"));
  const verifying = readPublicKey(publicKey);
  if (verifying !== undefined) keys.set("EdDSA", verifying).set("Ed25519", verifying);
  const algorithms = [...keys.keys()];

  async function verify(token: string, user: string): Promise<Result<Proof>> {
    if (token === "") return fail("token_missing");
    if (token.length > TOKEN_CHARS_MAX) return fail("token_invalid", { reason: "too long" });
    const keyOf = ({ alg = "" }: JWTHeaderParameters): KeyObject => {
      const key = keys.get(alg);
      if (key === undefined) throw new errors.JOSEAlgNotAllowed();
      return key;
    };
    try {
      const currentDate = new Date(clock.now());
      const options = { algorithms, clockTolerance: LEEWAY_SECONDS, currentDate };
      const { payload } = await jwtVerify(token, keyOf, options);
      if (payload.sub !== user) return fail("token_other_user");
      const life = lifeOf(payload);
      if (!life.ok) return life;
      const expiresAt = payload.exp === undefined ? undefined : payload.exp * 1_000;
      return ok({ user, expiresAt, life: life.value });
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) return fail("token_expired");
      return fail("token_invalid", { reason: reasonOf(cause) });
    }
  }

  return {
    issue(user, seconds, life) {
      const named = parseUserId(user);
      const key = keys.get("HS256");
      if (!named.ok) return named;
      if (key === undefined) return fail("token_unsigned");
      if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= ISSUE_SECONDS_MAX)) {
        return fail("field_invalid", { field: "ttlSeconds", min: 1, max: ISSUE_SECONDS_MAX });
      }
      const iat = Math.floor(clock.now() / 1_000);
      const claims = { sub: named.value, iat, exp: iat + seconds };
      const { born, turn } = life ?? {};
      return ok(signed({ ...claims, [BORN]: born, [TURN]: turn }, key));
    },
    prove(token, user, then) {
      verify(token, user).then(then).catch(crashed);
    },
  };
}

/** RFC 7515's compact form. By hand, because jose signs only by a promise; it verifies what this makes. */
function signed(claims: Readonly<Record<string, unknown>>, key: KeyObject): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const said = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${said}.${createHmac("sha256", key).update(said).digest("base64url")}`;
}

/** Other issuers know of no lives. Who says something of one must say it well. */
function lifeOf({ [BORN]: born, [TURN]: turn }: JWTPayload): Result<Life | undefined> {
  if (born === undefined && turn === undefined) return ok(undefined);
  const isWhole = isNumber(born) && (turn === undefined || isNumber(turn));
  return isWhole ? ok({ born, turn }) : fail("token_invalid", { reason: "claims" });
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);

/** Words from a fixed set: what jose says in English may quote what was given. */
function reasonOf(cause: unknown): string {
  if (cause instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (cause instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  if (cause instanceof errors.JWTClaimValidationFailed) return "claims";
  return "malformed";
}

/** `verify` cannot reject, so only `then` threw: a bug of the caller, not to be swallowed here. */
function crashed(cause: unknown): void {
  process.nextTick(() => {
    throw cause;
  });
}

/** Names that no other issuer gives a meaning of its own. */
const BORN = "roundhouse_born";
const TURN = "roundhouse_turn";
const TOKEN_CHARS_MAX = 4_096; // base64url and dots only, so as many bytes.
const LEEWAY_SECONDS = 10; // Two machines' clocks are never quite the same.
const ISSUE_SECONDS_MAX = 10 * 365 * 24 * 3_600;
