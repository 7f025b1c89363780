// How tests run: on the sources, without a build, two files at a time. Those of the cluster come last
// and alone: they hold processes to times, and a second file on the same machine would be in the way.
import { defineConfig } from "vitest/config";

// `@roundhouse/*` means packages/*/src: the "source" entry in each package's exports.
const conditions = ["source", "module", "node", "development|production"];

const tests = ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"];
const cluster = ["test/integration/cluster/**/*.test.ts"];
/** Builds an image: nobody who holds processes to times should have to share the machine with that. */
const image = ["test/deploy/image.test.ts"];
/** Runs k6, which takes what CPU it gets. */
const load = ["test/deploy/k6*.test.ts"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: "node",
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    allowOnly: false,
    reporters: ["default", "./scripts/closing-line.mjs"],
    projects: [
      {
        extends: true,
        test: {
          name: "all",
          include: tests,
          exclude: [...cluster, ...image, ...load],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "cluster", include: cluster, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: "image", include: image, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: { name: "load", include: load, maxWorkers: 1, sequence: { groupOrder: 3 } },
      },
    ],
  },
});
