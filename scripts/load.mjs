// `npm run load -- rooms`: a cluster of its own, or yours with --url, under clients that verify (load-tests/k6).
import "./node-version.mjs";

const { ready } = await import("./ready.mjs");
const { needSystemPackages } = await import("./system-packages.mjs");
const { findK6 } = await import("./k6.mjs");

const given = process.argv.slice(2);
const isOurs = !given.some((it) => it.startsWith("--url") || it === "--help" || it === "-h");
ready();
if (isOurs) needSystemPackages();

const { load } = await import("../load-tests/k6/load.mjs");
const stopping = new AbortController();
// Twice, and it ends at once; what it started ends with it.
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => (stopping.signal.aborted ? process.exit(130) : stopping.abort()));
}
process.exitCode = await load(given, {
  findK6,
  signal: stopping.signal,
  print: (line) => void process.stdout.write(`${line}\n`),
});
