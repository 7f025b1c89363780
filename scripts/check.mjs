// `npm run check`: runs every check, also after one has failed, and names those that failed.
import "./node-version.mjs";
import { spawnSync } from "node:child_process";

const { install, root } = await import("./ready.mjs");
install(root);

// Each is an npm script of its own. Linting and formatting: `npm run fix` repairs most of it.
const checks = ["lint", "format", "types", "arrows", "dead", "links"];

const failed = checks.filter((check) => {
  console.log(`\n── ${check}`);
  const args = ["run", "--silent", check];
  return spawnSync("npm", args, { cwd: root, stdio: "inherit" }).status !== 0;
});

console.log(
  failed.length === 0
    ? `\nEvery check passed: ${checks.join(", ")}.`
    : `\nFailed: ${failed.join(", ")}. Run one alone: npm run ${failed[0]}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
