/**
 * The load's verification can fail: a server that lies in one way crosses the thresholds that are meant for
 * it, and one that does not lie crosses none. Without k6, and without Go to build it, this says so and counts
 * as skipped.
 */
import { afterEach, describe, expect, it } from "vitest";
import { CROSSED } from "../../load-tests/k6/run.mjs";
import { type Ran, ran } from "./k6.ts";
import { type Delivery, type Lie, LyingServer } from "./lying-server.ts";
import { k6Here } from "./tools.ts";

const k6 = k6Here();
const isHere = "command" in k6;
const RUN_MS = 60_000;

const servers: LyingServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A few clients of one version for two seconds; settling is cut short, since a lie never settles. */
async function under(lie: Lie, settings: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const { scenario = "rooms", ...rest } = settings;
  const server = await LyingServer.open(lie);
  servers.push(server);
  const few = { CLIENTS: "6", VUS: "2", ROOM_SIZE: "3", RATE: "10", DURATION: "2s" };
  return ran({
    k6,
    scenario,
    settings: { ...few, PATIENCE: "0.2", URL: server.address, ...rest },
  });
}

const often = (delivery: Delivery): boolean => delivery.count % 5 === 0;
const drops = (it: Delivery): void => (often(it) && !it.isOwn ? undefined : it.send());
const keepsOwn = (it: Delivery): void => (often(it) && it.isOwn ? undefined : it.send());
const doubles = (it: Delivery): void => {
  it.send();
  if (often(it)) it.send();
};
const swaps = (it: Delivery): void => (often(it) ? it.later(it.send) : it.send());
const delays = (it: Delivery): void => void setTimeout(it.send, 400);

it("needs k6, or Go to build it", (context) => {
  if (!isHere) context.skip(k6.why);
  expect(isHere).toBe(true);
});

describe.runIf(isHere)("the load", () => {
  it.each(["1", "2", "both"])(
    "finds nothing wrong with an honest server, version %s",
    async (SPEAKS) => {
      const { exit, crossed, count, out } = await under({}, { SPEAKS, PATIENCE: "8" });
      expect(crossed, out).toEqual([]);
      expect(exit).toBe(0);
      expect(count("finished")).toBe(2);
      expect(count("own_back")).toBe(count("said"));
      expect(count("heard")).toBeGreaterThan(count("said") * 2);
    },
    RUN_MS,
  );

  it.each([
    { what: "loses", speaks: "1", deliver: drops, crosses: "lost" },
    { what: "loses", speaks: "2", deliver: drops, crosses: "lost" },
    { what: "keeps back from the speaker", speaks: "1", deliver: keepsOwn, crosses: "lost" },
    { what: "keeps back from the speaker", speaks: "2", deliver: keepsOwn, crosses: "lost" },
    { what: "doubles", speaks: "1", deliver: doubles, crosses: "doubled" },
    { what: "doubles", speaks: "2", deliver: doubles, crosses: "doubled" },
    { what: "swaps", speaks: "1", deliver: swaps, crosses: "reordered" },
    { what: "swaps", speaks: "2", deliver: swaps, crosses: "reordered" },
    { what: "delays", speaks: "both", deliver: delays, crosses: "answer_ms" },
  ])(
    "finds out who $what actions, version $speaks",
    async ({ speaks, deliver, crosses }) => {
      const { exit, crossed, count } = await under({ deliver }, { SPEAKS: speaks });
      expect(crossed).toContain(crosses);
      expect(exit).toBe(CROSSED);
      // And takes it for nothing else.
      const others = ["lost", "doubled", "reordered"].filter((it) => it !== crosses);
      if (crosses !== "answer_ms") for (const other of others) expect(count(other), other).toBe(0);
    },
    RUN_MS,
  );

  it.each(["1", "2"])(
    "does not take for lost what was refused, version %s",
    async (SPEAKS) => {
      const lie = { refusal: "inbox_full", refusesEvery: 3 };
      const { crossed, count, out } = await under(lie, { SPEAKS, PATIENCE: "3" });
      expect(crossed, out).toEqual(["refused"]);
      expect(count("own_back")).toBe(count("said") - count("refused"));
    },
    RUN_MS,
  );

  it.each<{ what: string; lie: Lie; crosses: string; scenario?: string }>([
    { what: "refuses", lie: { refusal: "inbox_full" }, crosses: "refused" },
    { what: "closes sockets", lie: { closesAfterMs: 1_500 }, crosses: "closed" },
    { what: "admits gaps", lie: { gapAfterMs: 1_500 }, crosses: "gaps" },
    { what: "takes all for offline", lie: { status: () => "offline" }, crosses: "presence_wrong" },
    {
      what: "does not say who is busy",
      lie: { status: (_, status) => (status === "busy" ? "online" : status) },
      crosses: "presence_wrong",
    },
    { what: "has too few addresses", lie: { topology: { k: 8, shards: 7 } }, crosses: "misrouted" },
    {
      what: "forgets seats",
      lie: { forgetsSeats: true },
      crosses: "seats_lost",
      scenario: "reconnect-storm",
    },
  ])(
    "finds out who $what",
    async ({ lie, crosses, scenario = "rooms" }) => {
      const { exit, crossed } = await under(lie, { scenario });
      expect(crossed).toContain(crosses);
      expect(exit).toBe(CROSSED);
    },
    RUN_MS,
  );

  it.each([
    "connect-storm",
    "rooms",
    "big-room",
    "presence-storm",
    "reconnect-storm",
    "room-churn",
    "mixed-day",
  ])(
    "does not pass where nobody is let in: %s",
    async (scenario) => {
      const { exit, crossed } = await under({ namesNobody: true }, { scenario });
      expect(crossed).toEqual(expect.arrayContaining(["clients", "finished"]));
      expect(exit).toBe(CROSSED);
    },
    RUN_MS,
  );
});
