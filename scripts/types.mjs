// `npm run types`: everything is type-checked on its sources, tests and scripts too.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./ready.mjs";

// The page runs in a browser, the load's scripts in k6: neither has Node, so they are projects of their own.
const projects = [
  "tsconfig.check.json",
  "packages/console/src/page/tsconfig.json",
  "load-tests/k6/tsconfig.json",
];

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
