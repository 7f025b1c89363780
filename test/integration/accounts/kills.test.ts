/** What was answered is true after kill -9 of the process that answered, at any instant. */
import { afterAll, describe, expect, it } from "vitest";
import { Chance } from "../load/chance.ts";
import { newFolder, removeFolders, type Server, startServer } from "../server.ts";
import { Pair } from "./pair.ts";
import { repeatedIds } from "./truth.ts";

const KILLS = 16;
const PAIRS = 8;
/** How long they live between two kills. */
const LIFE_MS = { min: 60, max: 900 };

/** The one that runs: whatever fails, it ends with the tests. */
let server: Server;

afterAll(async () => {
  await server.stop("SIGKILL");
  removeFolders();
});

describe("a server that is killed again and again", () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  const DATA_DIR = newFolder();

  it(`kept every word that it gave (seed ${seed})`, { timeout: 150_000 }, async () => {
    const chance = new Chance(seed);
    server = await start();
    const doors = (): number => server.scrpPort;
    const pairs = Array.from({ length: PAIRS }, (_, n) => {
      return new Pair(n, new Chance(seed + n + 1), doors);
    });
    for (let kills = 0; kills < KILLS; kills++) {
      const lives = pairs.map((pair) => pair.live());
      const lifeMs = LIFE_MS.min + chance.below(LIFE_MS.max - LIFE_MS.min);
      await new Promise((resolve) => setTimeout(resolve, lifeMs)); // The instant is the point.
      await server.stop("SIGKILL");
      await Promise.all(lives);
      server = await start();
      await Promise.all(pairs.map((pair) => pair.returns({ allAway: true })));
      expect(
        pairs.flatMap(({ faults }) => faults),
        `seed ${seed}, kill ${kills}`,
      ).toEqual([]);
    }
    for (const pair of pairs) pair.leave();
    const journals = pairs.map(({ witness }) => witness.journal);
    expect(repeatedIds(journals)).toEqual([]);
    // It was a load: things were done, and some of them were cut off.
    expect(journals.flat().length).toBeGreaterThan(STEPS_MIN);
    expect(journals.flat().some(({ answer }) => answer === undefined)).toBe(true);
    expect(await server.stop(), server.run.err).toEqual({ code: 0, signal: null });
    expect(server.run.err).not.toMatch(/"level":"(error|fatal)"/);
  });

  const start = (): Promise<Server> => {
    return startServer({
      DATA_DIR,
      MESSAGES_PER_SECOND_MAX: 0,
      SIGN_UPS_PER_MINUTE: 0,
      CONNECTIONS_PER_ADDRESS_MAX: 0,
    });
  };
});

const STEPS_MIN = 1_000;
