/** What every node has that players connect to: protocols, identity, passwords, limits. */
import type { Passwords, Tokens } from "@roundhouse/accounts";
import { type GatewayOptions, loadNative } from "@roundhouse/gateway";
import { ok, systemClock } from "@roundhouse/kernel";
import type { AnyProtocol, Bounds } from "@roundhouse/protocol";
import { scrp } from "@roundhouse/protocol-scrp";
import { turntable, turntable2 } from "@roundhouse/protocol-turntable";
import type { ProcessLog } from "./log.ts";
import { StartFailure } from "./node.ts";
import { boundsOf, limitsOf } from "./parts.ts";
import { isSignUpClosed, type Settings } from "./settings.ts";
import { version } from "./version.ts";

/** Adding a protocol is adding a line. */
const protocols = (bounds: Bounds): readonly AnyProtocol[] => {
  return [turntable(bounds), turntable2(bounds), scrp(bounds)];
};

export type Lent = {
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly log: ProcessLog;
};

/** What a gateway is told about those who come. */
export function playersOf(
  settings: Settings,
  { tokens, passwords, log }: Lent,
): Pick<GatewayOptions, "protocols" | "identity" | "passwords" | "server" | "limits"> {
  return {
    protocols: protocols(boundsOf(settings)),
    identity: {
      isDemanded: settings.auth === "token",
      isSignUpClosed: isSignUpClosed(settings),
      prove: (token, user, then) => {
        tokens.prove(token, user, (proof) => then(proof.ok ? ok(proof.value.life) : proof));
      },
      mint: (user, account) => {
        const minted = tokens.issue(user, RETURN_SECONDS, account);
        return minted.ok ? minted.value : undefined;
      },
    },
    passwords,
    server: { version, since: systemClock.now() },
    limits: limitsOf(settings, filesMax(log)),
  };
}

/** Who asks on the operators' port is told of the players' one. */
export function playersHost(asked: string, port: number): string {
  const at = `http://${asked || "127.0.0.1"}`;
  return `${URL.canParse(at) ? new URL(at).hostname : "127.0.0.1"}:${port}`;
}

/** How many files the process may open: Node has raised its own limit as far as it may. */
function filesMax(log: ProcessLog): number {
  const report = process.report?.getReport() as Report | undefined;
  const most = Number(report?.userLimits?.open_files?.soft ?? Number.NaN);
  const files = Number.isFinite(most) ? most : Number.MAX_SAFE_INTEGER; // "unlimited"
  log.say("debug", "files", { most: files });
  return files;
}

type Report = { readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } } };

export function checkNative(): void {
  try {
    loadNative();
  } catch (cause) {
    throw new StartFailure([cause instanceof Error ? cause.message : String(cause)]);
  }
}

/** How long a client that logged in may come back without its password. */
const RETURN_SECONDS = 24 * 3_600;
