import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LIBRARY_VERSION, redisLibrary } from "./redis-library.ts";

/** Who changes the Lua counts the version up, and writes the new hash down here. */
const RELEASED = {
  version: 2,
  sha256: "68621514e23f8c85ce1eda0523cabe9aadaed983f155da3faaf9ed79e99bc4b4",
};

const folder = join(import.meta.dirname, "lua");

describe("the library of functions", () => {
  it("is the one that belongs to its version", () => {
    const sha256 = createHash("sha256").update(redisLibrary().code).digest("hex");
    expect({ version: LIBRARY_VERSION, sha256 }).toEqual(RELEASED);
  });

  it("carries its version in each name", () => {
    const library = redisLibrary();
    expect(library.name).toBe(`roundhouse_${LIBRARY_VERSION}`);
    expect(library.code).toContain(`#!lua name=roundhouse_${LIBRARY_VERSION}\n`);
    expect(library.functionName("commit")).toBe(`rh${LIBRARY_VERSION}_commit`);
  });

  it.each(readdirSync(folder).filter((file) => file !== "common.lua"))(
    "names KEYS and ARGV of what %s registers",
    (file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const callbacks = new Set(
        [...text.matchAll(/^register\("\w+", \{.*\}, (function|\w+)/gm)].map(([line, callback]) =>
          callback === "function" ? line : callback,
        ),
      );
      expect(text.match(/^-- KEYS: /gm)).toHaveLength(callbacks.size);
      expect(text.match(/^-- ARGV: /gm)).toHaveLength(callbacks.size);
    },
  );
});
