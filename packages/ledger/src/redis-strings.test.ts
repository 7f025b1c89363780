import { setFlagsFromString } from "node:v8";
import { expect, it } from "vitest";

it("strings are quick after the driver was loaded", async () => {
  setFlagsFromString("--allow-natives-syntax");
  const isQuick = new Function("return %HasFastProperties(String.prototype)");
  await import("./redis-link.ts");
  expect(isQuick()).toBe(true);
});
