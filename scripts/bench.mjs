// `npm run bench`: this project beside the limit (uws-raw), or with `-- --peers` beside all peers.
// Everything else after `--` goes to load-tests/peers/run.mjs; its README says what is measured.
import "./node-version.mjs";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const { install, ready, root } = await import("./ready.mjs");
const peers = join(root, "load-tests", "peers");

const given = process.argv.slice(2);
const withPeers = given.includes("--peers");
const passed = given.filter((arg) => arg !== "--peers");

ready();
install(peers);
if (withPeers) install(join(peers, "soketi"));

// A log of its own for each call: the harness appends, and old code is no match for new code.
const log = `out/${new Date().toISOString().replace(/[:.]/g, "-")}.jsonl`;
const defaults = {
  ...(withPeers ? {} : { targets: "roundhouse,uws-raw" }),
  workloads: "W1,W2,W3,W4",
  runs: "5",
  out: log,
};
const missing = Object.entries(defaults).filter(([name]) => !passed.includes(`--${name}`));
const args = [...missing.flatMap(([name, value]) => [`--${name}`, value]), ...passed];

mkdirSync(join(peers, "out"), { recursive: true });
console.log(`node run.mjs ${args.join(" ")}`);
const run = spawn(process.execPath, ["run.mjs", ...args], {
  cwd: peers,
  stdio: "inherit",
  env: { ...process.env, ROUNDHOUSE: root },
});
process.on("SIGINT", () => run.kill("SIGINT"));
process.on("SIGTERM", () => run.kill("SIGTERM"));
run.on("error", (error) => console.error(error.message));
run.on("close", (code) => {
  process.exitCode = code ?? 1;
});
