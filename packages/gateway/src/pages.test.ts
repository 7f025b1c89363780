import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readPages } from "./pages.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "roundhouse-pages-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};

describe("the pages of a folder", () => {
  it.each([
    { file: "main.js", type: "text/javascript; charset=utf-8" },
    { file: "style.css", type: "text/css; charset=utf-8" },
    { file: "icon.svg", type: "image/svg+xml" },
    { file: "deep/er/page.html", type: "text/html; charset=utf-8" },
  ])("serve $file as $type", ({ file, type }) => {
    write(file, "x");
    expect(readPages(folder).get(`/${file}`)).toMatchObject({ type, body: Buffer.from("x") });
  });

  it("serve index.html as / too, but only the one at the top", () => {
    write("index.html", "top");
    write("sub/index.html", "below");
    const pages = readPages(folder);
    expect([...pages.keys()].sort()).toEqual(["/", "/index.html", "/sub/index.html"]);
    expect(String(pages.get("/")?.body)).toBe("top");
  });

  it("leave out what no page needs: source maps, notes, hidden files", () => {
    for (const file of ["main.js.map", "main.ts", "notes.md", ".env", "noextension"]) {
      write(file, "x");
    }
    expect(readPages(folder).size).toBe(0);
  });

  it("have a path that does not depend on a slash behind the folder's name", () => {
    write("a.js", "x");
    expect([...readPages(`${folder}/`).keys()]).toEqual(["/a.js"]);
  });

  it("have an etag that follows from the content alone", () => {
    write("a.js", "same");
    write("b.js", "same");
    write("c.js", "other");
    const tag = (path: string): string | undefined => readPages(folder).get(path)?.etag;
    expect(tag("/a.js")).toMatch(/^"[\w-]{22}"$/);
    expect(tag("/a.js")).toBe(tag("/b.js"));
    expect(tag("/a.js")).not.toBe(tag("/c.js"));
  });
});
