/**
 * The functions that run inside Redis: the files in lua/ as one library of a version. Its name and those
 * of its functions carry the version, so nodes of two versions work on one Redis side by side.
 */
import { readdirSync, readFileSync } from "node:fs";

export type Library = {
  readonly name: string;
  /** What FUNCTION LOAD takes. */
  readonly code: string;
  /** What FCALL takes. */
  functionName(step: string): string;
};

/**
 * Counts up with every change of the Lua that was ever released: a loaded library is never replaced,
 * because nodes may be running that rely on it. The test beside this file knows its hash.
 */
export const LIBRARY_VERSION = 2;

export function redisLibrary(folder: URL = new URL("./lua/", import.meta.url)): Library {
  const prefix = `rh${LIBRARY_VERSION}`;
  const name = `roundhouse_${LIBRARY_VERSION}`;
  const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".lua") && file !== COMMON)
    .sort();
  const head = `#!lua name=${name}\nlocal VERSION = "${prefix}"\n${read(COMMON)}`;
  const code = [head, ...files.map((file) => `do -- ${file}\n${read(file)}end\n`)].join("\n");
  return { name, code, functionName: (step) => `${prefix}_${step}` };
}

const COMMON = "common.lua";
