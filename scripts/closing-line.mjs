// A vitest reporter whose only output is the last line of all: `N passed, N failed`.

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
      this.skipped += tests.filter((state) => state === "skipped").length;
      // Tests that never ran, because the run was cut off.
      this.failed += tests.filter((state) => state === "pending").length;
    }
  }
}
