/** What all nodes of a cluster agree on, written into its Redis by the first: K, and a secret. */
import type { Chance } from "@roundhouse/kernel";
import type { Answered, ClusterSteps } from "@roundhouse/ledger";
import { StartFailure } from "../node.ts";
import type { Settings } from "../settings.ts";

export type Asked = {
  readonly backbone: Pick<ClusterSteps, "constant">;
  readonly later: (run: () => void, afterMs: number) => void;
  /** Asked before each question: a node that stops asks nothing more. */
  readonly isOver: () => boolean;
  /** There was no answer; called once, however often that happens. */
  readonly awaited: (why: string) => void;
};

export type DataSet = {
  readonly secret: string;
  readonly publicKey: string;
};

/** Waits for Redis as long as it takes. Rejects with a `StartFailure` when K is another one there. */
export async function openDataSet(
  { shards, auth, jwtSecret, jwtPublicKey }: Settings,
  asked: Asked,
  chance: Chance,
): Promise<DataSet> {
  const kept = await constant(asked, "shards", String(shards));
  if (kept !== String(shards)) {
    throw new StartFailure([
      `SHARDS=${shards}, but the data in this Redis was made with ${kept} shards: ` +
        `set SHARDS=${kept}, or use another Redis.`,
    ]);
  }
  const isGiven = jwtSecret !== "" || jwtPublicKey !== "" || auth === "token";
  if (isGiven) return { secret: jwtSecret, publicKey: jwtPublicKey };
  // A token that one node gave must be good at every other one.
  const made = Array.from({ length: 4 }, () => chance.bits64()).join("");
  return { secret: await constant(asked, "secret", made), publicKey: "" };
}

function constant(asked: Asked, name: string, value: string): Promise<string> {
  const { backbone, later, isOver, awaited } = asked;
  let isTold = false;
  return new Promise((resolve) => {
    const ask = (): void => {
      if (!isOver()) backbone.constant(name, value, answered);
    };
    const answered = (answer: Answered<string>): void => {
      if (answer.known) return resolve(answer.value);
      if (!isTold) awaited(answer.why);
      isTold = true;
      later(ask, AGAIN_MS);
    };
    ask();
  });
}

const AGAIN_MS = 250;
