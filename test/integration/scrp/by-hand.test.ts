/** The README of SCRP, typed as it stands there, at nc. */
import { describe, expect, it } from "vitest";
import { house } from "../house.ts";
import { blocks, command, talk } from "./terminal.ts";

describe("the page of SCRP", () => {
  const inn = house();

  it("has what a person needs", () => {
    expect(blocks.map((lines) => lines.length)).toEqual([
      8,
      6,
      1,
      ...blocks.slice(3).map(() => expect.any(Number)),
    ]);
    expect(command?.[1]).toBe("42015");
    expect(command?.[2]).toMatch(/:42016$/);
  });

  it("is right at nc", () => talk(`nc localhost ${inn.server.scrpPort}`));
});
