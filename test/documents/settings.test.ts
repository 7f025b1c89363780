/** The README says what the command says. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

it("lists every setting in the README as roundhouse config does", () => {
  const command = here("packages/roundhouse/bin/roundhouse.js");
  const env = { PATH: process.env["PATH"] };
  const table = execFileSync(process.execPath, [command, "config", "--markdown"], { env });
  expect(readFileSync(here("README.md"), "utf8")).toContain(table.toString().trim());
});
