/** What every node has that players connect to: protocols, identity, limits, listeners. */
import type { Tokens } from "@roundhouse/accounts";
import { pageFolder } from "@roundhouse/console";
import {
  type Gateway,
  type GatewayOptions,
  loadNative,
  openSockets,
  readPages,
  type Sockets,
} from "@roundhouse/gateway";
import { ok, systemClock } from "@roundhouse/kernel";
import type { AnyProtocol, Bounds } from "@roundhouse/protocol";
import { turntable, turntable2 } from "@roundhouse/protocol-turntable";
import type { ProcessLog } from "./log.ts";
import { listenFailure, StartFailure } from "./node.ts";
import { boundsOf, limitsOf, type Topology } from "./parts.ts";
import type { Settings } from "./settings.ts";

/** Adding a protocol is adding a line. */
const protocols = (bounds: Bounds): readonly AnyProtocol[] => {
  return [turntable(bounds), turntable2(bounds)];
};

type Lent = { readonly tokens: Tokens; readonly log: ProcessLog };

/** What a gateway is told about those who come. */
export function playersOf(
  settings: Settings,
  { tokens, log }: Lent,
): Pick<GatewayOptions, "protocols" | "identity" | "limits"> {
  return {
    protocols: protocols(boundsOf(settings)),
    identity: {
      isDemanded: settings.auth === "token",
      prove: (token, user, then) => {
        tokens.prove(token, user, (proof) => then(proof.ok ? ok(undefined) : proof));
      },
    },
    limits: limitsOf(settings, filesMax(log)),
  };
}

/** Listens for players. Rejects with a `StartFailure` when it cannot. */
export async function openPlayers(
  settings: Settings,
  { gateway, topology }: { readonly gateway: Gateway; readonly topology: Topology },
): Promise<Sockets> {
  const { host, httpPort: port } = settings;
  try {
    return await openSockets({
      gateway,
      clock: systemClock,
      host,
      port,
      allowedOrigins: settings.allowedOrigins,
      trustForwardedFor: settings.trustForwardedFor,
      messageBytesMax: settings.messageBytesMax,
      silenceSeconds: settings.silenceSeconds,
      backlogHardBytes: settings.backlogHardBytes,
      pages: readPages(pageFolder),
      topology,
    });
  } catch (cause) {
    throw listenFailure(cause, { host, port, setting: "HTTP_PORT" });
  }
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
