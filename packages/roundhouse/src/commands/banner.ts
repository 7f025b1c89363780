/** What `start` says once it runs: where everything is, in plain text. */
import { resolve } from "node:path";
import type { RunningNode } from "../node.ts";
import type { Settings } from "../settings.ts";

export function banner(settings: Settings, node: RunningNode, version: string): string {
  const players = at(settings.host, node.httpPort);
  const operators = at(settings.adminHost, node.adminPort);
  const wide = settings.host === "0.0.0.0" || settings.host === "::";
  const lines = [
    ["Page", `http://${players}/`],
    ["WebSocket", `${settings.publicAddress || `ws://${players}/`}   (subprotocol turntable)`],
    ["Topology", `http://${players}/topology`],
    ["Metrics", `http://${operators}/metrics`],
    ["Data", resolve(settings.dataDir)],
    ["Sign-in", signIn(settings)],
  ];
  const body = lines.map(([label = "", text]) => `  ${label.padEnd(11)}${text}`).join("\n");
  const reach = wide ? "Other machines reach it too: HOST=127.0.0.1 keeps it to this one.\n" : "";
  const head = `Roundhouse ${version} is up: ${settings.shards} shards in this process.`;
  return `${head}\n\n${body}\n\n${reach}Ctrl-C stops it.`;
}

function signIn({ auth }: Settings): string {
  return auth === "open"
    ? "AUTH=open: anyone may use any unregistered name"
    : "AUTH=token: every name needs a signed token";
}

function at(host: string, port: number): string {
  if (host === "0.0.0.0" || host === "::" || host === "127.0.0.1") return `localhost:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
