/** The page that people read says what the code does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BOUNDS } from "./client.contract.ts";
import { decode } from "./parse.ts";
import { fieldNames, methods } from "./requests.contract.ts";

const folder = join(import.meta.dirname, "..");
const page = readFileSync(join(folder, "README.md"), "utf8");
const lines = page.split("\n");
const isNamed = (line: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(line);

describe("the README", () => {
  it.each(methods)("has a row for %s, with its fields", (method) => {
    const row = lines.find(
      (line) => line.startsWith("|") && isNamed(line.split("|")[1] ?? "", method),
    );
    for (const field of fieldNames(method)) expect(row).toContain(field);
    expect(row).toBeDefined();
  });

  it("shows requests that are requests", () => {
    const shown = lines.map((line) => line.trim()).filter((line) => line.startsWith('{"req_id"'));
    expect(shown).toHaveLength(7);
    for (const line of shown) {
      expect(decode(line, BOUNDS)).toMatchObject({ ok: true, value: { on: "asked" } });
    }
  });

  it.each(["client-get-time", "server-time"])("shows %s in hex as it is", (file) => {
    const golden = readFileSync(join(folder, "frames", `${file}.hex`), "utf8").replaceAll("\n", "");
    expect(lines.map((line) => line.replaceAll(" ", ""))).toContain(golden);
  });

  it("names every push that there is", () => {
    const source = readFileSync(join(folder, "src", "pushes.ts"), "utf8");
    const names = new Set(
      Array.from(source.matchAll(/tailOf\("(\w+)"/g), ([, name]) => name ?? ""),
    );
    expect(names.size).toBe(20);
    const rows = lines.slice(lines.indexOf("## Pushes")).filter((line) => line.startsWith("|"));
    for (const name of names) {
      expect(rows.some((row) => isNamed(row.split("|")[1] ?? "", name))).toBe(true);
    }
  });
});
