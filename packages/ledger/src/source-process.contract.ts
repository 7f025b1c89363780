/** Programs that run on our sources in processes of their own, so that a test can kill them. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** Starts a program, a module's text; its imports are relative to this folder. */
export function startProgram(
  program: string,
  ...args: readonly string[]
): ChildProcessByStdio<null, Readable, null> {
  const flags = ["--conditions=source", "--import", moduleOf(REGISTER), "--input-type=module"];
  return spawn(process.execPath, [...flags, "-e", program, ...args], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

const moduleOf = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;

/** Node 20 reads no TypeScript by itself. */
const HOOKS = `
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const { transformSync } = createRequire(${JSON.stringify(import.meta.url)})("@swc/core");
const options = { jsc: { parser: { syntax: "typescript" }, target: "es2022" } };
export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const source = transformSync(readFileSync(new URL(url), "utf8"), options).code;
  return { format: "module", source, shortCircuit: true };
}
`;
const REGISTER = `
import { register } from "node:module";
register(${JSON.stringify(moduleOf(HOOKS))});
`;
