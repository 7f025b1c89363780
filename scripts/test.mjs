// `npm test`: makes everything ready, the system's packages too, then runs every test.
import "./node-version.mjs";
import { join } from "node:path";

const { ready, root } = await import("./ready.mjs");
const { needSystemPackages } = await import("./system-packages.mjs");
ready();
needSystemPackages();

const args = process.argv.slice(2);
// A reporter that is asked for replaces those of vitest.config.ts: the closing line stays.
const isReported = args.some((arg) => arg.startsWith("--reporter"));
const closing = isReported ? ["--reporter=./scripts/closing-line.mjs"] : [];

process.chdir(root);
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
process.argv = [process.execPath, vitest, "run", ...args, ...closing];
await import(vitest);
