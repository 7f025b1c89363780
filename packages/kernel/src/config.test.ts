import { describe, expect, it } from "vitest";
import { type ConfigOf, flag, integer, list, oneOf, schema, text } from "./config.ts";

const house = schema({
  httpPort: integer({ default: 8080, min: 0, max: 65_535, unit: "port", why: "The door." }),
  softBytes: integer({ default: 10, min: 1, max: 100, unit: "bytes", why: "A warning." }),
  hardBytes: integer({ default: 20, min: 1, max: 100, unit: "bytes", why: "The end." }),
  auth: oneOf(["open", "token"], { default: "open", why: "Who may come in." }),
  isLoud: flag({ default: false, why: "Says more." }),
  origins: list({
    default: [],
    bounds: "short words",
    accepts: (it) => it.length < 6,
    why: "Who.",
  }),
  jwtSecret: text({
    default: "",
    secret: true,
    bounds: "at least 4 bytes",
    accepts: (it) => it.length >= 4,
    why: "Key.",
  }),
  greeting: text({ default: "hello", why: "What is said." }),
}).rule("the soft limit is smaller", (it) => it.softBytes < it.hardBytes);

type House = ConfigOf<typeof house>;

function config(environment: Record<string, string>, flags: readonly string[] = []): House {
  const parsed = house.parse(environment, flags);
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  return parsed.config;
}

function problems(environment: Record<string, string>, flags: readonly string[] = []) {
  const parsed = house.parse(environment, flags);
  return parsed.ok ? [] : parsed.problems;
}

describe("a config schema", () => {
  it("gives every setting its default when nothing is said", () => {
    expect(config({})).toEqual({
      httpPort: 8080,
      softBytes: 10,
      hardBytes: 20,
      auth: "open",
      isLoud: false,
      origins: [],
      jwtSecret: "",
      greeting: "hello",
    });
  });

  it("knows a setting by one name in three spellings, and a flag wins", () => {
    expect(config({ HTTP_PORT: "1" }).httpPort).toBe(1);
    expect(config({ HTTP_PORT: "1" }, ["--http-port", "2"]).httpPort).toBe(2);
    expect(config({ HTTP_PORT: "1" }, ["--http-port=3"]).httpPort).toBe(3);
  });

  it("takes an empty environment value for an unset one, and an empty flag at its word", () => {
    expect(config({ HTTP_PORT: "", GREETING: "" })).toMatchObject({
      httpPort: 8080,
      greeting: "hello",
    });
    expect(config({ GREETING: "hi" }, ["--greeting="]).greeting).toBe("");
  });

  it("cannot be changed once parsed", () => {
    const parsed = config({ ORIGINS: "a,b" });
    expect(Object.isFrozen(parsed)).toBe(true);
    expect(Object.isFrozen(parsed.origins)).toBe(true);
  });

  it.each([
    { given: "1", value: true },
    { given: "Yes", value: true },
    { given: "on", value: true },
    { given: "0", value: false },
    { given: "no", value: false },
    { given: " FALSE ", value: false },
  ])("reads $given as the flag $value", ({ given, value }) => {
    expect(config({ IS_LOUD: given }).isLoud).toBe(value);
  });

  it("lets a bare flag say yes, also before another flag", () => {
    expect(config({}, ["--is-loud", "--http-port", "7"])).toMatchObject({
      isLoud: true,
      httpPort: 7,
    });
  });

  it("trims texts and list items and drops empty items", () => {
    expect(config({ GREETING: " hi ", ORIGINS: " a, ,b," })).toMatchObject({
      greeting: "hi",
      origins: ["a", "b"],
    });
  });

  it("takes a secret byte for byte", () => {
    expect(config({ JWT_SECRET: " abc\n" }).jwtSecret).toBe(" abc\n");
  });
});

describe("a wrong setting", () => {
  it.each([
    {
      environment: { HTTP_PORT: "80a" },
      says: 'HTTP_PORT must be a whole number, 0..65535 (port), not "80a".',
    },
    {
      environment: { HTTP_PORT: "65536" },
      says: 'HTTP_PORT must be a whole number, 0..65535 (port), not "65536".',
    },
    {
      environment: { HTTP_PORT: "-1" },
      says: 'HTTP_PORT must be a whole number, 0..65535 (port), not "-1".',
    },
    {
      environment: { HTTP_PORT: "1e3" },
      says: 'HTTP_PORT must be a whole number, 0..65535 (port), not "1e3".',
    },
    { environment: { AUTH: "no" }, says: 'AUTH must be open or token, not "no".' },
    {
      environment: { IS_LOUD: "very" },
      says: 'IS_LOUD must be yes or no (also true, false, on, off, 1, 0), not "very".',
    },
    {
      environment: { ORIGINS: "a,lengthy" },
      says: 'ORIGINS must be short words, with commas between ("lengthy" is not), not "a,lengthy".',
    },
    {
      environment: { SOFT_BYTES: "30" },
      says: "It must be true that the soft limit is smaller; SOFT_BYTES is 30, HARD_BYTES is 20.",
    },
  ])("is refused: $says", ({ environment, says }) => {
    expect(problems(environment as Record<string, string>)).toEqual([says]);
  });

  it("is told together with all others", () => {
    const environment = { HTTP_PORT: "x", AUTH: "?", SOFT_BYTES: "50", JWT_SECRET: "abc" };
    expect(problems(environment, ["--zap", "--greeting"])).toHaveLength(6);
  });

  it("keeps a rule from being judged by a value that was refused", () => {
    expect(problems({ SOFT_BYTES: "x", HARD_BYTES: "5" })).toHaveLength(1);
  });

  it("may be one that only a look at the machine uncovers; several problems are several sentences", () => {
    const looked = house.look(({ greeting, httpPort }) => {
      return greeting === "hello" ? [] : [`No file ${greeting}.`, `Port ${httpPort} is closed.`];
    });
    const told = (environment: Record<string, string>) => looked.parse(environment);
    expect(told({})).toMatchObject({ ok: true });
    expect(told({ GREETING: "hi" })).toMatchObject({
      problems: ["No file hi.", "Port 8080 is closed."],
    });
    expect(told({ GREETING: "hi", HTTP_PORT: "x" })).toMatchObject({
      problems: [expect.stringContaining("HTTP_PORT must be")],
    });
  });

  it("is cut when it is long, and cannot break the line", () => {
    const [says = ""] = problems({ AUTH: `\n${"x".repeat(5_000)}` });
    expect(says.length).toBeLessThan(150);
    expect(says).not.toContain("\n");
  });

  it("counts as misuse only when the words were no flags", () => {
    expect(house.parse({ AUTH: "?" })).toMatchObject({ ok: false, misused: false });
    expect(house.parse({}, ["--zap"])).toMatchObject({ ok: false, misused: true });
  });

  it("that is a secret is never shown", () => {
    expect(problems({ JWT_SECRET: "abc" })).toEqual([
      "JWT_SECRET must be at least 4 bytes, not what was given.",
    ]);
    expect(problems({}, ["--jwt-secret=abc"])[0]).not.toContain("abc");
  });
});

describe("the rows of a schema", () => {
  it("say everything about a setting before anything is parsed", () => {
    expect(house.rows()[0]).toEqual({
      name: "HTTP_PORT",
      flag: "--http-port",
      default: "8080",
      bounds: "0..65535",
      unit: "port",
      why: "The door.",
    });
  });

  it("say the value in force and where it came from", () => {
    const rows = house.rows(house.parse({ AUTH: "token" }, ["--http-port=1"]));
    const said = Object.fromEntries(rows.map(({ name, value, from }) => [name, [value, from]]));
    expect(said).toMatchObject({
      HTTP_PORT: ["1", "flag"],
      AUTH: ["token", "environment"],
      GREETING: ["hello", "default"],
    });
  });

  it("say that a secret is set, not what it is", () => {
    const rows = house.rows(house.parse({ JWT_SECRET: "abcdefg" }));
    expect(JSON.stringify(rows)).not.toContain("abcdefg");
    expect(rows.find(({ name }) => name === "JWT_SECRET")?.value).toBe("(set, not shown)");
  });
});
