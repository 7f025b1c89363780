import { describe, expect, it } from "vitest";
import { type LogOptions, openLog } from "./log.ts";

function listen(level: LogOptions["level"] = "info") {
  const written: string[] = [];
  const log = openLog({ level, node: "n1", to: { write: (line) => void written.push(line) } });
  return { log, written, events: () => written.map((line) => JSON.parse(line)) };
}

describe("the log", () => {
  it("writes one event and its facts on one line", () => {
    const { log, written, events } = listen();
    log.say("warn", "reader_too_slow", { user: "a\nb", bytes: 7 });
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^[^\n]+\n$/);
    expect(events()[0]).toMatchObject({
      level: "warn",
      node: "n1",
      event: "reader_too_slow",
      user: "a\nb",
      bytes: 7,
    });
    expect(events()[0].time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it.each([
    { level: "debug", told: ["debug", "info", "warn", "error", "fatal"] },
    { level: "warn", told: ["warn", "error", "fatal"] },
    { level: "fatal", told: ["fatal"] },
    { level: "silent", told: [] },
  ] as const)("at $level tells $told", ({ level, told }) => {
    const { log, events } = listen(level);
    for (const at of ["debug", "info", "warn", "error", "fatal"] as const) log.say(at, "it");
    expect(events().map((event) => event.level)).toEqual(told);
  });

  it.each(["token", "secret", "password", "jwtSecret", "adminToken", "authorization", "resume"])(
    "never tells a fact called %s",
    (name) => {
      const { log, written } = listen();
      log.say("error", "it", { [name]: "hush" });
      expect(written[0]).not.toContain("hush");
    },
  );

  it("cuts what is too long to be a fact", () => {
    const { log, written } = listen();
    log.say("info", "it", { user: "x".repeat(100_000) });
    expect(written[0]?.length).toBeLessThan(500);
  });

  it("lets no fact pose as the event, its level, time or node", () => {
    const { log, events, written } = listen();
    log.say("info", "it", { event: "other", level: "fatal", time: 0, node: "n2" });
    expect(events()[0]).toMatchObject({ event: "it", level: "info", node: "n1", event_: "other" });
    expect(written[0]?.match(/"level":/g)).toHaveLength(1);
  });
});
