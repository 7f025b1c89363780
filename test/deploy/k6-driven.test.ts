/**
 * `npm run load` from its words to its exit code, without a cluster: a kubectl and a k6 that play one. What
 * they are asked, what is refused before anything begins, and that a verdict reaches the exit code.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { kubectlOf, onKubernetes } from "../../load-tests/k6/kubernetes.mjs";
import { load } from "../../load-tests/k6/load.mjs";

const folder = mkdtempSync(join(tmpdir(), "roundhouse-driven-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, body: string): string {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, `#!${process.execPath}\nconst fs = require("node:fs");\n${body}`);
  chmodSync(file, 0o755);
  return file;
}

const asked = join(folder, "asked.log");
const kubectl = program(
  "kubectl",
  `const words = process.argv.slice(2).join(" ");
  fs.appendFileSync(${JSON.stringify(asked)}, words + "\\n");
  if (words.includes("configMapRef")) console.log("roundhouse-settings-abc");
  if (words.includes("DRAIN_PER_SECOND")) console.log("500");
  if (words.includes("status")) setTimeout(() => undefined, 300);`,
);

/** Tells of one who came back `awayMs` after the connection was lost, and ends with this code. */
const k6 = (awayMs: number, exit = 0): string => {
  return program(
    `k6-${awayMs}-${exit}`,
    `const log = process.argv[process.argv.indexOf("--console-output") + 1];
    const { ROUNDHOUSE_SUMMARY: summary, ROUNDHOUSE_URL, ROUNDHOUSE_DURATION } = process.env;
    if (ROUNDHOUSE_URL !== "ws://there:1" || ROUNDHOUSE_DURATION !== "120s") process.exit(3);
    const tell = (text) => fs.appendFileSync(log, 'msg="' + text + '"\\n');
    tell("answer " + (Date.now() - 9000) + " 5.0 room 0");
    const closed = { values: { count: 1 } };
    fs.writeFileSync(summary, JSON.stringify({
      metrics: { roundhouse_closed: closed, roundhouse_resumed: closed },
    }));
    setTimeout(() => tell("back " + Date.now() + " ${awayMs}.0"), 900);
    setTimeout(() => { tell("answer " + Date.now() + " 5.0 room 0"); process.exit(${exit}); }, 2500);`,
  );
};

async function loaded(
  words: readonly string[],
  command = "",
): Promise<{ exit: number; out: string }> {
  const lines: string[] = [];
  const exit = await load(words, {
    findK6: () => (command === "" ? { why: "none is here" } : { command }),
    signal: new AbortController().signal,
    print: (line) => void lines.push(line),
  });
  return { exit, out: lines.join("\n") };
}

describe("npm run load", () => {
  it.each([
    { words: ["nonsense"], says: 'There is no scenario "nonsense".' },
    { words: ["rooms", "--speed", "2"], says: "Unknown option '--speed'" },
    { words: ["rooms", "--gateways", "0"], says: "1 to 20" },
    { words: ["rooms", "--shards", "two"], says: "1 to 20" },
    { words: ["rooms", "--kubectl", "kubectl"], says: "--kubectl is for scale and restart." },
    { words: ["scale", "--url", "ws://there:1"], says: "--url and --kubectl, or neither." },
    { words: ["restart", "--kubectl", "kubectl"], says: "--url and --kubectl, or neither." },
  ])("refuses $words, and says how it is used", async ({ words, says }) => {
    const { exit, out } = await loaded(words);
    expect(out).toContain(says);
    expect(out).toContain("npm run load -- SCENARIO");
    expect(exit).toBe(2);
  });

  it.each([["--help"], ["scale", "-h"], []])("says how it is used", async (...words) => {
    expect(await loaded(words)).toMatchObject({
      exit: 0,
      out: expect.stringContaining("SCENARIO"),
    });
  });

  it("says why there is no k6", async () => {
    const { exit, out } = await loaded(["rooms"]);
    expect(out).toBe("There is no load without k6: none is here");
    expect(exit).toBe(1);
  });
});

describe("npm run load -- restart --kubectl", () => {
  const words = ["restart", "--kubectl", kubectl, "--url", "ws://there:1"];

  it("restarts the gateways when everybody talks, and says what came of it", async () => {
    const { exit, out } = await loaded(words, k6(400));
    expect(out).toContain("Everybody sits and talks.");
    expect(out).toContain("all gateways: 1 moved, nobody was away for more than 400 ms");
    expect(out).toContain("1 sockets closed, 1 sessions resumed");
    expect(out).not.toContain("WRONG");
    expect(exit).toBe(0);
    expect(readFileSync(asked, "utf8").trim().split("\n").slice(-2)).toEqual([
      "-n roundhouse rollout restart deployment/roundhouse-gateway",
      "-n roundhouse rollout status deployment/roundhouse-gateway --timeout=300s",
    ]);
  });

  it("fails when somebody was away for too long, though k6 is content", async () => {
    const { exit, out } = await loaded(words, k6(26_000));
    expect(out).toContain("WRONG: not everybody of all gateways was back within 25 s");
    expect(exit).toBe(1);
  });

  it("fails as k6 does, else", async () => {
    expect(await loaded(words, k6(401, 99))).toMatchObject({ exit: 99 });
  });

  it("ends when k6 ends before anybody has talked", async () => {
    expect(await loaded(words, program("k6-mute", "process.exit(0);"))).toMatchObject({ exit: 1 });
  });
});

describe("shards on Kubernetes", () => {
  const two = ["a", "a", "b", "b"];

  /** Says one after the other who owns what, the last for ever. */
  function place(...owners: readonly (readonly string[])[]) {
    const words: string[] = [];
    const left = [...owners];
    const it = onKubernetes({
      kubectl: async (...given) => {
        words.push(given.join(" "));
        if (given[0] !== "exec") return "";
        return `${((left.length > 1 ? left.shift() : left[0]) ?? []).join(",")}\n`;
      },
      url: "ws://there:1",
      shards: 4,
      print: () => undefined,
      lookMs: 20,
    });
    return { it, words };
  }

  it("move until all have their share", async () => {
    const { it: there, words } = place(two, two, ["a", "c", "b", "b"], ["a", "c", "b", "d"]);
    const began = Date.now();
    const [move] = await there.scale([4]);
    expect(move?.moved).toEqual(new Set([1, 3]));
    expect(move?.needless).toEqual([]);
    // From shortly before the first was seen to have moved.
    expect(move?.from).toBeLessThan(began + 20);
    expect(move?.to).toBeGreaterThanOrEqual(began + 35);
    expect(words.filter((it) => !it.startsWith("exec"))).toEqual([
      "scale statefulset/roundhouse-shard --replicas=4",
      "rollout status statefulset/roundhouse-shard --timeout=300s",
    ]);
  });

  it("are told apart when they moved between two who stayed", async () => {
    const [move] = await place(two, ["a", "b", "a", "c"]).it.scale([3]);
    expect(move?.needless).toEqual([1, 2]);
  });

  it("are not moved when they had no equal shares before", async () => {
    const uneven = place(["a", "a", "a", "b"]);
    await expect(uneven.it.scale([4])).rejects.toThrow("not shared out evenly");
    await expect(place(["a", "a", "", ""]).it.scale([4])).rejects.toThrow("not shared out evenly");
    expect(uneven.words.join()).not.toContain("--replicas");
  });

  it("are asked for by kubectl with its own options", async () => {
    await kubectlOf(`${kubectl} --context other`)("get", "pods");
    await kubectlOf(`${kubectl} --namespace=mine`)("get", "pods");
    expect(readFileSync(asked, "utf8").trim().split("\n").slice(-2)).toEqual([
      "--context other -n roundhouse get pods",
      "--namespace=mine get pods",
    ]);
  });
});
