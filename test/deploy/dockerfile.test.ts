/** What the Dockerfile says, read line by line: it holds also where no image can be built. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const lines = readFileSync(here("deploy/Dockerfile"), "utf8").replaceAll("\\\n", " ").split("\n");
const said = (word: string): readonly string[] => {
  return lines
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => line.slice(word.length).trim());
};

describe("the Dockerfile", () => {
  it("asks no registry for a syntax before it builds", () => {
    expect(lines.filter((line) => /^#\s*syntax\s*=/i.test(line))).toEqual([]);
  });

  it("builds on a base that can be named, Node 24 on Debian trixie by default", () => {
    expect(said("ARG")).toEqual(["BASE=node:24-trixie-slim"]);
    const bases = said("FROM").map((from) => from.split(" ")[0]);
    expect(new Set(bases)).toEqual(new Set([`$${"{BASE}"}`, "scratch"]));
    expect(bases.at(-1)).toBe("scratch");
  });

  it("runs as a number that is not root, and knows its health and its end", () => {
    expect(said("USER")).toEqual(["10001:10001"]);
    expect(said("HEALTHCHECK")).toEqual([expect.stringContaining("/app/healthy.sh")]);
    expect(said("STOPSIGNAL")).toEqual(["SIGTERM"]);
  });

  it("starts the command itself, without a shell that would keep signals to itself", () => {
    expect(said("ENTRYPOINT")).toEqual(['["roundhouse"]']);
    expect(said("CMD")).toEqual(['["start"]']);
  });

  it("installs for production alone, and runs nobody's install script", () => {
    const installs = said("RUN").filter((run) => run.includes("npm ci"));
    expect(installs).toHaveLength(2);
    for (const install of installs) expect(install).toContain("--ignore-scripts");
    expect(installs[1]).toContain("--omit=dev");
  });

  it("writes into one place only, which can be a volume", () => {
    expect(said("VOLUME")).toEqual(["/data"]);
    expect(said("ENV").join(" ")).toContain("DATA_DIR=/data");
  });
});

describe("what is sent to the builder", () => {
  const ignored = readFileSync(here(".dockerignore"), "utf8").split("\n").filter(Boolean);

  it("is what is named, and nothing else", () => {
    expect(ignored[1]).toBe("*");
  });

  it("has no data, no built files and no tests", () => {
    expect(ignored).toEqual(
      expect.arrayContaining(["**/data", "**/dist", "**/node_modules", "**/*.test.ts"]),
    );
  });

  it("has every file that the Dockerfile copies", () => {
    const copied = said("COPY")
      .filter((copy) => !copy.startsWith("--from"))
      .flatMap((copy) => copy.split(/\s+/).slice(0, -1));
    const allowed = ignored.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) expect(allowed).toContain(path);
  });
});
