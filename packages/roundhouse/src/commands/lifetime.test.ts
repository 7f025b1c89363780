/** How a process ends, in processes of their own: on what was built, with a node that only pretends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";

const built = (file: string): string => new URL(`../../dist/${file}`, import.meta.url).href;
const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) child.kill("SIGKILL"); // Only those that a failed test left behind.
  await Promise.all([...running].map((child) => once(child, "close")));
});

type Ending = { readonly exit: unknown; readonly events: readonly Record<string, unknown>[] };

/** `stop` and `next` are JavaScript: how the node stops, and what happens once it lives. */
async function live(
  stop: string,
  next: string,
  act?: (child: ChildProcess) => void,
): Promise<Ending> {
  const script = `
    import { openLifetime } from "${built("commands/lifetime.js")}";
    import { openLog } from "${built("log.js")}";
    const log = openLog({ level: "info", node: "n1" });
    const lifetime = openLifetime(log);
    setInterval(() => {}, 1_000); // As sockets would, it keeps the process alive.
    lifetime.began({ httpPort: 0, adminPort: 0, stop: async (reason) => { ${stop} } });
    lifetime.ended.then((exit) => { log.settled().then(() => process.exit(exit)); });
    process.stdout.write("ready");
    ${next}`;
  const args = ["--input-type=module", "--eval", script];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    err += part;
  });
  child.stdout.once("data", () => act?.(child));
  const [exit]: readonly unknown[] = await once(child, "close");
  running.delete(child);
  const events = err
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { exit, events };
}

const named = ({ events }: Ending) => events.map(({ event }) => event);

describe("the end of a process", () => {
  it("waits for the node to stop", async () => {
    const stop = 'await new Promise((done) => setTimeout(done, 50)); log.say("info", "flushed");';
    const ending = await live(stop, "", (child) => child.kill("SIGTERM"));
    expect(ending.exit).toBe(0);
    expect(named(ending)).toEqual(["stopping", "flushed", "stopped"]);
  });

  it("is at once, with 130, for one who presses Ctrl-C again", async () => {
    let pressing: NodeJS.Timeout | undefined;
    const ending = await live("await new Promise(() => {});", "", (child) => {
      child.kill("SIGINT");
      pressing = setInterval(() => child.kill("SIGINT"), 100);
    });
    clearInterval(pressing);
    expect(ending.exit).toBe(130);
    expect(named(ending)).toEqual(["stopping"]);
  });

  it("has exit code 1 when stopping fails", async () => {
    const ending = await live('throw new Error("disk full");', "", (child) =>
      child.kill("SIGTERM"),
    );
    expect(ending.exit).toBe(1);
    expect(named(ending)).toEqual(["stopping", "stop_failed"]);
    expect(ending.events[1]).toMatchObject({ level: "error", cause: "Error: disk full" });
  });

  it.each([
    {
      what: "an exception that nobody caught",
      next: 'setTimeout(() => { throw new Error("bug"); });',
    },
    { what: "a rejection that nobody handled", next: 'Promise.reject(new Error("bug"));' },
  ])("$what is told, the node is stopped, and the exit code is 1", async ({ next }) => {
    const ending = await live('log.say("info", "flushed");', next);
    expect(ending.exit).toBe(1);
    expect(named(ending)).toEqual(["crashed", "stopping", "flushed", "stopped"]);
    expect(ending.events[0]).toMatchObject({ level: "fatal", cause: "Error: bug" });
  });

  it("does not wait any more when a second thing breaks", async () => {
    const stop = 'setTimeout(() => { throw new Error("again"); }); await new Promise(() => {});';
    const ending = await live(stop, 'Promise.reject(new Error("bug"));');
    expect(ending.exit).toBe(1);
    expect(named(ending)).toEqual(["crashed", "stopping", "crashed"]);
  });
});
