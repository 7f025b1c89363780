import { describe, expect, it } from "vitest";
import { listenFailure } from "./node.ts";

describe("a failure to listen", () => {
  it.each([
    {
      code: "EADDRINUSE",
      setting: "HTTP_PORT",
      says: /^Port 80 is in use .* HTTP_PORT=80 to another/,
    },
    { code: "EACCES", setting: "HTTP_PORT", says: /port 80: set HTTP_PORT to a port above 1023/ },
    { code: "EADDRNOTAVAIL", setting: "HTTP_PORT", says: /^h is not an address .* correct HOST\./ },
    {
      code: "ENOTFOUND",
      setting: "ADMIN_PORT",
      says: /^h is not an address .* correct ADMIN_HOST\./,
    },
    { code: "EMFILE", setting: "ADMIN_PORT", says: /^Cannot listen on h, port 80 .*: EMFILE\.$/ },
  ] as const)("$code is a sentence about $setting", ({ code, setting, says }) => {
    const failure = listenFailure(Object.assign(new Error("x"), { code }), {
      host: "h",
      port: 80,
      setting,
    });
    expect(failure.problems).toHaveLength(1);
    expect(failure.problems[0]).toMatch(says);
  });
});
