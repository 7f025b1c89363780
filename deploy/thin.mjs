// Makes an installed tree into what a server runs: built packages, and of others only what is loaded here.
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const [root = ".", built = "."] = process.argv.slice(2);
const modules = join(root, "node_modules");

takeBuilt();
for (const path of filesIn(modules)) {
  if (isForReaders(path) || (path.endsWith(".node") && !loads(path))) rmSync(path);
}
for (const path of filesIn(join(root, "packages"))) if (isForReaders(path)) rmSync(path);
dropSocketsWithoutBuild();

/** The packages that npm linked for the command, with what was built of them; no others. */
function takeBuilt() {
  const linked = readdirSync(join(modules, "@roundhouse"));
  for (const name of readdirSync(join(root, "packages"))) {
    const folder = join(root, "packages", name);
    if (name !== "roundhouse" && !linked.includes(name)) rmSync(folder, { recursive: true });
    else cpSync(join(built, name, "dist"), join(folder, "dist"), { recursive: true });
  }
  const bin = join("roundhouse", "bin");
  cpSync(join(built, bin), join(root, "packages", bin), { recursive: true });
}

/** uWebSockets.js comes in two packages, and one of them would fall back to slow JavaScript. */
function dropSocketsWithoutBuild() {
  const names = readdirSync(modules).filter((name) => name.startsWith("uws-"));
  const hasBuild = (/** @type {string} */ name) => {
    return filesIn(join(modules, name)).some((path) => /\/uws_[^/]*\.node$/.test(path));
  };
  if (!names.some(hasBuild)) {
    throw new Error(`No build of uWebSockets.js loads in this base: Node ${process.version}.`);
  }
  for (const name of names.filter((name) => !hasBuild(name))) {
    rmSync(join(modules, name), { recursive: true });
  }
}

/**
 * Asked by loading it: no file name tells platform, ABI and C library for all packages. Only an ABI in a
 * name is believed: some built for another one load, and fail when they are called.
 * @param {string} path
 */
function loads(path) {
  const [, abi = process.versions.modules] = /\.abi(\d+)\./.exec(path) ?? [];
  if (abi !== process.versions.modules) return false;
  try {
    process.dlopen({ exports: {} }, path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Types, maps, manuals and the sources of what is compiled already. Licences stay.
 * @param {string} path
 */
function isForReaders(path) {
  if (/\/licen[cs]e[^/]*$/i.test(path)) return false;
  return /\.([cm]?ts|map|md|c|cc|cpp|h|gyp|gypi|tsbuildinfo)$/.test(path);
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return entry.isFile() ? [path] : []; // A link leads to a folder that is seen anyway.
  });
}
