/** What a node says once it runs: where everything is, in plain text. */
import { resolve } from "node:path";
import type { RunningNode } from "../node.ts";
import { isSignUpClosed, type Settings } from "../settings.ts";

export function banner(settings: Settings, node: RunningNode, version: string): string {
  const head = `Roundhouse ${version} is up: ${settings.shards} shards in this process.`;
  const lines = [
    ...playersLines(settings, node),
    metricsLine(settings, node),
    ["Data", resolve(settings.dataDir)],
    ["Sign-in", signIn(settings)],
  ] as const;
  return page(head, lines, reachOf(settings));
}

export function gatewayBanner(settings: Settings, node: RunningNode, version: string): string {
  const head = `Roundhouse ${version}: the gateway ${settings.nodeName} is up, for ${settings.shards} shards.`;
  const lines = [
    ...playersLines(settings, node),
    metricsLine(settings, node),
    redisLine(settings),
    ["Sign-in", signIn(settings)],
  ] as const;
  return page(head, lines, reachOf(settings));
}

export function shardBanner(settings: Settings, node: RunningNode, version: string): string {
  const head = `Roundhouse ${version}: the shard node ${settings.nodeName} is up and shares ${settings.shards} shards with all others.`;
  return page(head, [metricsLine(settings, node), redisLine(settings)], "");
}

type Line = readonly [label: string, text: string];

function page(head: string, lines: readonly Line[], reach: string): string {
  const body = lines.map(([label, text]) => `  ${label.padEnd(11)}${text}`).join("\n");
  return `${head}\n\n${body}\n\n${reach}Ctrl-C stops it.`;
}

function playersLines(settings: Settings, node: RunningNode): readonly Line[] {
  const { host } = settings;
  const players = at(host, node.httpPort);
  const tls = node.scrpTlsPort === 0 ? "" : `, with TLS ${at(host, node.scrpTlsPort)}`;
  return [
    ["Page", `http://${players}/`],
    ["WebSocket", `${settings.publicAddress || `ws://${players}/`}   (subprotocol turntable)`],
    ["SCRP", `${at(host, node.scrpPort)}${tls}`],
    ["Topology", `http://${players}/topology`],
  ];
}

const metricsLine = ({ adminHost }: Settings, { adminPort }: RunningNode): Line => [
  "Metrics",
  `http://${at(adminHost, adminPort)}/metrics`,
];

const redisLine = ({ redisUrl }: Settings): Line => ["Redis", withoutSecrets(redisUrl)];

function reachOf({ host }: Settings): string {
  const isWide = host === "0.0.0.0" || host === "::";
  return isWide ? "Other machines reach it too: HOST=127.0.0.1 keeps it to this one.\n" : "";
}

function signIn(settings: Settings): string {
  const names =
    settings.auth === "open"
      ? "AUTH=open: anyone may use any unregistered name"
      : "AUTH=token: every name needs a signed token or a password";
  const accounts = isSignUpClosed(settings)
    ? "SIGN_UP=closed: only operators make accounts"
    : "SIGN_UP=open: anyone may make an account";
  return `${names}; ${accounts}`;
}

function at(host: string, port: number): string {
  if (host === "0.0.0.0" || host === "::" || host === "127.0.0.1") return `localhost:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where it is, and nothing that opens it. */
function withoutSecrets(address: string): string {
  return address.replace(/\/\/.*@/, "//").replace(/\?.*/, "");
}
