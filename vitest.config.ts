// How tests run: on the sources, without a build, two files at a time.
import { defineConfig } from "vitest/config";

// `@roundhouse/*` means packages/*/src: the "source" entry in each package's exports.
const conditions = ["source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    environment: "node",
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    allowOnly: false,
    reporters: ["default", "./scripts/closing-line.mjs"],
  },
});
