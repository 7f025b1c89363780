/** What lasts between shards, cut at every commit: applied once, in its order, whenever it is opened anew. */
import { silentLog } from "@roundhouse/kernel";
import { VirtualTime } from "@roundhouse/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EmbeddedLedger } from "./embedded.ts";
import { begin, booksOf, type Message, relay } from "./relay.contract.ts";
import { memoryStore, type Store } from "./store.ts";

const SHARDS = 4;
type Kept = Map<string, unknown>;

const journeys: fc.Arbitrary<readonly Message[]> = fc
  .array(fc.array(fc.nat(SHARDS - 1), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((paths) => paths.map((path, at) => ({ name: `m${at}`, path })));

describe("what lasts in the embedded ledger's outbox", () => {
  it("comes to the same end, wherever the process was cut", async () => {
    await fc.assert(
      fc.asyncProperty(journeys, async (messages) => {
        const expected = booksOf(messages);
        const { kept, cuts } = await run(new Map(), messages);
        expect(kept).toEqual(expected);
        for (const cut of cuts) expect((await run(cut, messages)).kept).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("comes to the same end, cut again and again", async () => {
    const lives = fc.array(fc.nat(20), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(journeys, lives, async (messages, places) => {
        let kept: Kept = new Map();
        for (const place of places) kept = (await run(kept, messages)).cuts[place] ?? kept;
        expect((await run(kept, messages)).kept).toEqual(booksOf(messages));
      }),
      { numRuns: 60 },
    );
  });

  it("comes to the same end while the store fails now and then", async () => {
    await fc.assert(
      fc.asyncProperty(journeys, fc.array(fc.boolean()), async (messages, failures) => {
        const { kept } = await run(new Map(), messages, [...failures]);
        expect(kept).toEqual(booksOf(messages));
      }),
      { numRuns: 60 },
    );
  });

  it("is taken before anything that is appended now", async () => {
    const messages = [{ name: "old", path: [0, 1] }];
    const [, cut = new Map()] = (await run(new Map(), messages)).cuts;
    const time = new VirtualTime();
    const ledger = open(memoryStore(new Map(cut)), time);
    const taken: string[] = [];
    ledger.append(1, "gate" as never, { name: "new", path: [1] });
    ledger.own(1, {
      restore: () => {},
      take: (posts) => taken.push(...posts.map(({ command }) => command.name)),
    });
    time.settle();
    expect(taken).toEqual(["old", "new"]);
  });

  it("costs a store's write only where something lasts", async () => {
    const { writes } = await run(new Map(), [{ name: "a", path: [0, 1, 2] }]);
    // Three that change records; what does not last was taken five times without one.
    expect(writes).toBe(3);
  });
});

/** One life of a process, from what it finds to its quiet end; with what it would have left at each cut. */
async function run(before: Kept, messages: readonly Message[], failures: boolean[] = []) {
  const kept: Kept = new Map(before);
  const memory = memoryStore(kept);
  const cuts: Kept[] = [new Map(kept)];
  let writes = 0;
  const store: Store = {
    ...memory,
    write: async (changes) => {
      if (failures.shift() === true) throw new Error("no space left");
      await memory.write(changes);
      writes++;
      cuts.push(new Map(kept));
    },
  };
  const time = new VirtualTime();
  const ledger = open(store, time);
  relay(ledger, SHARDS);
  time.settle();
  begin(ledger, messages);
  let isQuiet = false;
  const quiet = ledger.quiet().then(() => {
    isQuiet = true;
  });
  while (!isQuiet) {
    time.pass(500);
    await Promise.resolve();
  }
  await quiet;
  return { kept, cuts, writes };
}

function open(store: Store, time: VirtualTime) {
  return new EmbeddedLedger<Message, string, unknown>({
    shards: SHARDS,
    store,
    clock: time,
    log: silentLog,
    inboxMax: 1_000,
    defer: time.defer,
    later: time.later,
  });
}
