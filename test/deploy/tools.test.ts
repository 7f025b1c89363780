/** Where a tool is missing: tests that need it are skipped, but not in CI, where that fails and says what was tried. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { composeReaderHere, demanded, k6Here, kustomizeHere, podmanHere } from "./tools.ts";

const here = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const nothing = mkdtempSync(join(tmpdir(), "roundhouse-no-tools-"));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
afterAll(() => {
  rmSync(nothing, { recursive: true });
});

const tools = [
  { tool: "podman", find: podmanHere, says: ["podman", "not on the PATH"] },
  { tool: "k6", find: k6Here, says: ["`k6 version` said: ", "`go env GOVERSION` said: "] },
  {
    tool: "kubectl",
    find: kustomizeHere,
    says: ["`kubectl version --client` said: ", "`go install sigs.k8s.io/kustomize/"],
  },
  {
    tool: "compose's reader",
    find: composeReaderHere,
    says: ["`go install github.com/compose-spec/compose-go/", "said: "],
  },
];

describe.each(tools)("a machine without $tool", ({ find, says }) => {
  beforeEach(() => {
    vi.stubEnv("PATH", nothing);
    vi.stubEnv("XDG_CACHE_HOME", nothing);
  });

  it("has its tests skipped, for a reason that is told", () => {
    vi.stubEnv("ROUNDHOUSE_REQUIRE_TOOLS", undefined);
    const told = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const reason = expect.stringContaining(says[0] ?? "");
    expect(find()).toEqual({ why: reason });
    expect(told).toHaveBeenCalledWith(reason);
  });

  it("fails where every tool is demanded, and says how it was looked for", () => {
    vi.stubEnv("ROUNDHOUSE_REQUIRE_TOOLS", "1");
    for (const part of says) expect(find).toThrow(part);
  });
});

it("what is there is not demanded in vain", () => {
  vi.stubEnv("ROUNDHOUSE_REQUIRE_TOOLS", "1");
  expect(demanded({ command: "k6" }, "THE LOAD")).toEqual({ command: "k6" });
});

describe("CI", () => {
  it("demands every tool before it tests", () => {
    const script = readFileSync(here(".ci/run"), "utf8");
    expect(script).toMatch(/^export .*\bROUNDHOUSE_REQUIRE_TOOLS=1\b[\s\S]*^npm test$/m);
  });

  it.each([
    { demand: undefined, last: "1 passed, 0 failed, 1 skipped", exit: 0 },
    { demand: "1", last: "1 passed, 1 failed, 1 skipped", exit: 1 },
  ])("ends with '$last' when a test was skipped and the demand is $demand", (the) => {
    const test =
      'import { it } from "vitest"; it("is", () => {}); it("is not", (on) => on.skip());';
    writeFileSync(join(nothing, "any.test.mjs"), test);
    const vitest = here("node_modules/vitest/vitest.mjs");
    const words = [
      vitest,
      "run",
      `--root=${nothing}`,
      `--reporter=${here("scripts/closing-line.mjs")}`,
    ];
    const env = { ...process.env, ROUNDHOUSE_REQUIRE_TOOLS: the.demand };
    const { status, stdout } = spawnSync(process.execPath, words, { env, encoding: "utf8" });
    expect(stdout.trim().split("\n").at(-1)).toBe(the.last);
    expect(status).toBe(the.exit);
  });
});
