import { describe, expect, it } from "vitest";
import { connectionsMaxOf } from "./parts.ts";
import { settings } from "./settings.ts";

const asked = (most: string) => {
  const parsed = settings.parse({ CONNECTIONS_MAX: most }, []);
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  return parsed.config;
};

describe("the number of connections", () => {
  it.each([
    { most: "15000", files: 20_000, is: 15_000 },
    { most: "15000", files: 1_024, is: 768 },
    { most: "0", files: 20_000, is: 19_744 },
    { most: "15000", files: 100, is: 1 },
  ])("is $is where $most are allowed and $files files", ({ most, files, is }) => {
    expect(connectionsMaxOf(asked(most), files)).toBe(is);
  });
});
