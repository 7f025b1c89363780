/** Who may ask the admin port about people: this machine's user, or a bearer of ADMIN_TOKEN. */
import { createHash, timingSafeEqual } from "node:crypto";

export type Asker = {
  /** The other end of the socket. */
  readonly peer: string;
  /** As `IncomingMessage.headers` has them: names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
};

/**
 * A loopback peer is trusted only with a loopback Host: a web page whose name was rebound to
 * 127.0.0.1 sends its own name. One that says whom it asks for is a proxy, not this machine's user.
 */
export function isOperator({ peer, headers }: Asker, adminToken: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(word(headers["authorization"]))?.[1];
  if (bearer !== undefined) return adminToken !== "" && isSame(bearer, adminToken);
  if (headers["x-forwarded-for"] !== undefined || headers["forwarded"] !== undefined) return false;
  return isLoopback(peer) && isLoopback(hostOf(word(headers["host"])));
}

/** `localhost:9090` → `localhost`, `[::1]:9090` → `::1`. */
function hostOf(header: string): string {
  return header
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
}

function isLoopback(address: string): boolean {
  return /^(localhost|::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(address);
}

/** Takes as long for a nearly right token as for a wrong one. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const word = (header: string | readonly string[] | undefined): string =>
  typeof header === "string" ? header : "";
