import { systemChance } from "@roundhouse/kernel";
import type { Answered } from "@roundhouse/ledger";
import { ModelBackbone, VirtualTime } from "@roundhouse/testkit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { StartFailure } from "../node.ts";
import { type Settings, settings } from "../settings.ts";
import { type Asked, openDataSet } from "./data-set.ts";

let time: VirtualTime;
let backbone: Asked["backbone"];
let awaited: ReturnType<typeof vi.fn<(why: string) => void>>;
let isOver: boolean;

beforeEach(() => {
  time = new VirtualTime();
  backbone = new ModelBackbone({ shards: 4, clock: time, defer: time.defer });
  awaited = vi.fn();
  isOver = false;
});

function configured(environment: Record<string, string>): Settings {
  const parsed = settings.parse({ SHARDS: "4", ...environment });
  if (!parsed.ok) throw new Error(parsed.problems.join(" "));
  return parsed.config;
}

function opened(environment: Record<string, string> = {}) {
  const asked = { backbone, later: time.later, isOver: () => isOver, awaited };
  return openDataSet(configured(environment), asked, systemChance);
}

/** Lets everything happen that is due, promises too. */
async function settled<Value>(promise: Promise<Value>): Promise<Value> {
  for (let turns = 0; turns < 20; turns++) {
    time.pass(1_000);
    await Promise.resolve();
  }
  return promise;
}

describe("the data set of a cluster", () => {
  it("is made by the first node, and the same for all that follow", async () => {
    const first = await settled(opened());
    expect(first.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await settled(opened())).toEqual(first);
  });

  it("refuses a node with another K, and says both numbers", async () => {
    await settled(opened());
    const failure = await settled(opened({ SHARDS: "8" }).catch((cause: unknown) => cause));
    expect(failure).toBeInstanceOf(StartFailure);
    expect(String(failure)).toMatch(/SHARDS=8, but .* made with 4 shards: set SHARDS=4/);
  });

  it("makes no secret where keys are given", async () => {
    const secret = "s".repeat(40);
    expect(await settled(opened({ JWT_SECRET: secret }))).toEqual({ secret, publicKey: "" });
    const strict = await settled(opened({ AUTH: "token", JWT_SECRET: secret }));
    expect(strict).toEqual({ secret, publicKey: "" });
    expect(await settled(opened())).not.toMatchObject({ secret });
  });

  it("is waited for, and that is said once", async () => {
    const real = backbone;
    let tries = 0;
    backbone = {
      constant: (name, value, then) => {
        if (++tries > 3) return real.constant(name, value, then);
        time.defer(() => then({ known: false, why: "nobody listens" }));
      },
    };
    await settled(opened());
    expect(awaited.mock.calls).toEqual([["nobody listens"]]);
  });

  it("is not asked for any more by a node that ends", async () => {
    const constant = vi.fn((_name: string, _value: string, then: (_: Answered<string>) => void) => {
      time.defer(() => then({ known: false, why: "nobody listens" }));
    });
    backbone = { constant };
    void opened();
    time.pass(1_000);
    isOver = true;
    const asked = constant.mock.calls.length;
    time.pass(10_000);
    expect(constant).toHaveBeenCalledTimes(asked);
  });
});
