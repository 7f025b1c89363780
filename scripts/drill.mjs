// `npm run drill`: makes everything ready, then rehearses what can go wrong (load-tests/drill).
import "./node-version.mjs";

const { ready } = await import("./ready.mjs");
const { needSystemPackages } = await import("./system-packages.mjs");

const given = process.argv.slice(2);
ready();
// A cluster of somebody else's has its own Redis.
if (!given.some((it) => it.startsWith("--url"))) needSystemPackages();

const { drill } = await import("../load-tests/drill/drill.mjs");
// What it started ends with it, also when it is interrupted.
process.on("SIGINT", () => process.exit(130)).on("SIGTERM", () => process.exit(143));
process.exitCode = await drill(given, (line) => void process.stdout.write(`${line}\n`));
