/** The drill as a user starts it, at a server that is there already. */
import { describe, expect, it } from "vitest";
import { drill } from "../../../load-tests/drill/drill.mjs";
import { house } from "../house.ts";

const told: string[] = [];
const tell = (line: string): void => {
  told.push(line);
};

describe("npm run drill", () => {
  const inn = house();

  it("visits a cluster and says that every promise was kept", { timeout: 60_000 }, async () => {
    const words = ["--url", `ws://${inn.server.address}`, "--clients", "40", "--seconds", "4"];
    expect(await drill(words, tell), told.join("\n")).toBe(0);
    expect(told.at(-1)).toMatch(/^PASS: /);
  });

  it("says what it can do, and what it cannot", async () => {
    expect(await drill(["--help"], tell)).toBe(0);
    expect(told.at(-1)).toMatch(/kill-shard/);
    expect(await drill(["--only", "kill-everybody"], tell)).toBe(2);
    expect(told.at(-1)).toMatch(/^There is no kill-everybody\./);
  });
});
