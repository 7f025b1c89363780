// A vitest reporter whose only output is the last line of all: `N passed, N failed`. Where every tool is demanded, as
// .ci/run does, a file in which tests are skipped has failed, and is named.

export default class ClosingLine {
  constructor() {
    this.passed = 0;
    this.failed = 0;
    this.skipped = 0;
    // At exit, so that nothing another reporter prints comes after it.
    process.once("exit", () => {
      const skipped = this.skipped === 0 ? "" : `, ${this.skipped} skipped`;
      process.stdout.write(`${this.passed} passed, ${this.failed} failed${skipped}\n`);
    });
  }

  /**
   * @param {readonly import("vitest/node").TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    this.failed = unhandledErrors.length; // Each of them fails the run, so each is counted.
    for (const module of modules) {
      const tests = [...module.children.allTests()].map((test) => test.result().state);
      const failed = tests.filter((state) => state === "failed").length;
      // A file that did not load, or a hook outside any test: nothing of it is in its tests.
      this.failed += failed === 0 && module.state() === "failed" ? 1 : failed;
      this.passed += tests.filter((state) => state === "passed").length;
      const skipped = tests.filter((state) => state === "skipped").length;
      this.skipped += skipped;
      if (isDemanding && skipped > 0 && module.state() !== "failed") this.refuse(module, skipped);
      // Tests that never ran, because the run was cut off.
      this.failed += tests.filter((state) => state === "pending").length;
    }
  }

  /**
   * @param {import("vitest/node").TestModule} module
   * @param {number} skipped
   */
  refuse(module, skipped) {
    this.failed += 1;
    process.exitCode = 1;
    const why = "but ROUNDHOUSE_REQUIRE_TOOLS=1 demands every tool and every test";
    process.stderr.write(`${module.relativeModuleId}: ${skipped} skipped, ${why}.\n`);
  }
}

const isDemanding = process.env.ROUNDHOUSE_REQUIRE_TOOLS === "1";
