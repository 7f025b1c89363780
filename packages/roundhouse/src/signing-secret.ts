/** The secret that signs tokens: the one that is set, or one made once and kept with the data. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { StartFailure } from "./node.ts";
import type { Settings } from "./settings.ts";

/** Empty when tokens are only verified: AUTH=token with a public key alone. */
export function signingSecret(
  settings: Pick<Settings, "auth" | "dataDir" | "jwtSecret">,
): string {
  if (settings.jwtSecret !== "" || settings.auth === "token") return settings.jwtSecret;
  const file = join(settings.dataDir, "jwt-secret");
  const kept = read(file) ?? make(settings.dataDir, file);
  if (kept.length >= SECRET_CHARS) return kept;
  throw new StartFailure([
    `${file} is damaged: restore it, or remove it so that a new one is made; tokens signed with the old one end then.`,
  ]);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new StartFailure([`${file} cannot be read (${codeOf(cause)}): see DATA_DIR.`]);
  }
}

/** Written whole under another name and then linked: a kill in between leaves no half a secret,
 * and of two nodes that start at once both use the first one's. */
function make(folder: string, file: string): string {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    const descriptor = openSync(draft, "w", 0o600);
    writeSync(descriptor, `${randomBytes(SECRET_BYTES).toString("base64url")}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
    linkSync(draft, file);
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") {
      throw new StartFailure([`${file} cannot be written (${codeOf(cause)}): see DATA_DIR.`]);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return read(file) ?? "";
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);

const SECRET_BYTES = 32;
const SECRET_CHARS = 32;
