// `npm run types`: everything is type-checked on its sources, tests and scripts too.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./ready.mjs";

// The page runs in a browser: it has the DOM and lacks Node, so it is a project of its own.
const projects = ["tsconfig.check.json", "packages/console/src/page/tsconfig.json"];

const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
const failed = projects
  .filter((project) => existsSync(join(root, project)))
  .filter((project) => {
    const args = ["--noEmit", "--customConditions", "source", "-p", project];
    return (
      spawnSync(process.execPath, [tsc, ...args], { cwd: root, stdio: "inherit" }).status !== 0
    );
  });
process.exitCode = failed.length === 0 ? 0 : 1;
