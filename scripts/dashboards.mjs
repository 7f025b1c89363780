// `npm run dashboards`: writes Grafana's dashboards, and the rules as the Prometheus Operator reads them.
import "./node-version.mjs";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";

const { made } = await import("./dashboards-all.mjs");
const { root } = await import("./image-tools.mjs");

for (const [path, text] of made()) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(relative(root, path));
}
