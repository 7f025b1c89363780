/** Opens the backbone on a real Redis for tests: empty, with its clock in the test's hand. */
import { type Log, silentLog, systemChance, systemClock } from "@roundhouse/kernel";
import type { Answered, NodeId, Then } from "./backbone.ts";
import { type OpenedBackbone, SHARDS } from "./backbone-stage.contract.ts";
import type { RedisBackbone } from "./redis-backbone.ts";
import { type Library, redisLibrary } from "./redis-library.ts";
import { openRedisBackbone, type RedisBackboneOptions } from "./redis-open.ts";

export type Server = { ask(...words: readonly string[]): Promise<unknown> };

export type OpenedRedis = OpenedBackbone & { readonly backbone: RedisBackbone };

export const plainly = {
  shards: SHARDS,
  clock: systemClock,
  chance: systemChance,
  log: silentLog as Log,
  defer: (run: () => void): void => void setImmediate(run),
  later: (run: () => void, afterMs: number): void => void setTimeout(run, afterMs).unref(),
};

/** Empties the servers, then opens a backbone on them. */
export async function openEmpty(
  url: string,
  servers: readonly Server[],
  more: Partial<RedisBackboneOptions> = {},
): Promise<OpenedRedis> {
  for (const server of servers) await server.ask("FLUSHALL").catch(() => {}); // A copy refuses.
  const backbone = await openRedisBackbone({ ...plainly, url, library: turned(), ...more });
  let marked = () => {};
  let marks = 0;
  backbone.listen(MARK, ({ on }) => {
    if (on === "said" && --marks === 0) marked();
  });
  /** What was said before is heard before; each shard speaks for itself. */
  const settle = async (): Promise<void> => {
    while (!backbone.isSound) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise<void>((resolve) => {
      marked = resolve;
      marks = SHARDS;
      for (let shard = 0; shard < SHARDS; shard++) backbone.say(shard, MARK, new Uint8Array());
    });
    // So are answers: on the same connection, to a batch that is refused for its number.
    const batch = { sender: "nobody", number: 9, bytes: new Uint8Array(), most: 0 };
    for (let shard = 0; shard < SHARDS; shard++) {
      await new Promise<unknown>((resolve) => backbone.append(shard, batch, resolve));
    }
  };
  await settle();
  const passes = async (ms: number): Promise<void> => {
    const asked = servers.map((server) => server.ask("INCRBY", SKEW, String(ms)));
    const answers = await Promise.allSettled(asked);
    if (!answers.some(({ status }) => status === "fulfilled")) throw new Error("no clock to turn");
  };
  const close = async (): Promise<void> => backbone.close();
  return { backbone, turn: () => {}, settle, passes, close };
}

/** What was answered, certain or not. */
export function answerTo<Value>(step: (then: Then<Value>) => void): Promise<Answered<Value>> {
  return new Promise((resolve) => step(resolve));
}

/** Repeats a step until its outcome is known, as everybody does who stands on a backbone. */
export async function known<Value>(step: (then: Then<Value>) => void): Promise<Value> {
  for (;;) {
    const answer = await answerTo(step);
    if (answer.known) return answer.value;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Waits for something that comes by itself; the test's own limit ends it. */
export async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}

/** The functions as they are, but that their clock is ahead by what a key says. */
function turned(): Library {
  const library = redisLibrary();
  const own = /local function now\(\)[\s\S]*?\nend\n/.exec(library.code)?.[0] ?? "no clock";
  const ahead = own
    .replace("function now()", "function own_now()")
    .concat(
      "local function now()\n",
      `  return own_now() + tonumber(redis.call("GET", "${SKEW}") or "0")\n`,
      "end\n",
    );
  return { ...library, code: library.code.replace(own, ahead) };
}

const MARK = "ffffffffffffffff" as NodeId;
const SKEW = "{rh}:skew";
const AGAIN_MS = 10;
