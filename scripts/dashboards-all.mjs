// Everything that is made for Grafana and for the Prometheus Operator, by file: its text, as it should be committed.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { accounts } from "./dashboards-accounts.mjs";
import { gateways } from "./dashboards-gateways.mjs";
import { overview } from "./dashboards-overview.mjs";
import { redis } from "./dashboards-redis.mjs";
import { room } from "./dashboards-room.mjs";
import { shards } from "./dashboards-shards.mjs";
import { root } from "./image-tools.mjs";

export const boards = [overview, shards, gateways, redis, room, accounts];

const rulesFolder = join(root, "deploy", "prometheus", "rules");

/** @returns {ReadonlyMap<string, string>} */
export function made() {
  const dashboards = boards.map((board) => {
    const path = join(root, "deploy", "grafana", "dashboards", `${board.uid}.json`);
    return /** @type {const} */ ([path, formatted(JSON.stringify(board))]);
  });
  return new Map([...dashboards, [join(rulesFolder, "rule.yaml"), prometheusRule()]]);
}

/** The same rules as Prometheus itself reads, as the Operator wants them. */
function prometheusRule() {
  const files = readdirSync(rulesFolder).filter((name) => name.endsWith(".yml"));
  const groups = files.flatMap(
    (name) => parse(readFileSync(join(rulesFolder, name), "utf8")).groups,
  );
  const manifest = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "roundhouse", labels: { "app.kubernetes.io/name": "roundhouse" } },
    spec: { groups },
  };
  return `# Made from the .yml files beside it by \`npm run dashboards\`.\n${stringify(manifest, { lineWidth: 0 })}`;
}

/** As the repository's formatter has it. @param {string} json */
function formatted(json) {
  const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
  const args = [biome, "format", "--stdin-file-path=dashboard.json"];
  return execFileSync(process.execPath, args, { cwd: root, input: json, encoding: "utf8" });
}
