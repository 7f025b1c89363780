import { describe, expect, it } from "vitest";
import { loadNative } from "./uws.ts";

describe("the native library", () => {
  it("loads here", () => {
    const native = loadNative();
    expect(native.App).toBeTypeOf("function");
    expect(native.us_listen_socket_close).toBeTypeOf("function");
  });

  it("is the first build that loads", () => {
    const second = { App: () => {} };
    const third = { App: () => {} };
    const loaded = loadNative([
      {
        name: "first",
        load: () => {
          throw new Error("no such file");
        },
      },
      { name: "second", load: () => second },
      { name: "third", load: () => third },
    ]);
    expect(loaded).toBe(second);
  });

  it("that runs nowhere is an error with Node, glibc, every trouble and the way out", () => {
    const failing = (message: string) => () => {
      throw new Error(`${message}\nRequire stack:\n- /a/very/long/path`);
    };
    const load = () =>
      loadNative([
        { name: "new build", load: failing("GLIBC_2.38 not found") },
        { name: "old build", load: failing("NODE_MODULE_VERSION 115") },
      ]);
    expect(load).toThrow(`Node ${process.version}`);
    expect(load).toThrow(/glibc (\d+\.\d+|none)/);
    expect(load).toThrow("new build: GLIBC_2.38 not found\nold build: NODE_MODULE_VERSION 115\n");
    expect(load).toThrow("Use Node 20 with glibc 2.27 or newer, or Node 22 or 24");
    expect(load).not.toThrow("Require stack");
  });

  it.each([
    { what: "an empty module", module: {} },
    { what: "nothing", module: undefined },
    { what: "null", module: null },
    { what: "a function", module: () => {} },
  ])("is never replaced by something else: $what", ({ module }) => {
    const load = () => loadNative([{ name: "fallback", load: () => module }]);
    expect(load).toThrow("fallback: it is not the library");
  });
});
