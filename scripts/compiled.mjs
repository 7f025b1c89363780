// What the TypeScript compiler says of a source that was made: literals of types whose every field it knows.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./image-tools.mjs";

/**
 * "" is good.
 * @param {string} source
 * @returns {string}
 */
export function compiled(source) {
  // Below node_modules, where packages are found.
  const folder = join(root, "node_modules", ".cache", "roundhouse-types", String(process.pid));
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, "made.ts"), source);
    const project = { compilerOptions, files: ["made.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", folder], {
      encoding: "utf8",
    });
    return `${stdout}${stderr}`.trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const compilerOptions = {
  target: "es2023",
  module: "nodenext",
  moduleResolution: "nodenext",
  types: [],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};
