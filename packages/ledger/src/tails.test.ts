import type { GatewayId } from "@roundhouse/kernel";
import { describe, expect, it } from "vitest";
import { msgpack } from "./msgpack-codec.ts";
import { Tails } from "./tails.ts";

describe("the tails of a shard's frames", () => {
  it("lead from frame to frame, each gateway's by itself", () => {
    const { say } = speaking();
    expect(say(1, [ANA, BEN])).toEqual(["ana 0", "ben 0"]);
    expect(say(2, [BEN])).toEqual(["ben 1"]);
    expect(say(3, [ANA, BEN])).toEqual(["ana 1", "ben 2"]);
  });

  it("go on under the next owner", () => {
    const { say, notes } = speaking();
    say(1, [ANA]);
    say(2, [BEN]);
    expect(speaking(notes).say(3, [ANA, BEN])).toEqual(["ana 1", "ben 2"]);
  });

  it("end with a gateway: what is said to it later is said to nobody", () => {
    const { say, notes, tails } = speaking();
    say(1, [ANA, BEN]);
    tails.forget(ANA);
    expect(say(2, [ANA, BEN])).toEqual(["ben 1"]);
    expect(say(3, [ANA, BEN])).toEqual(["ben 2"]);
    expect([...notes.keys()].sort()).toEqual(["gone:ana", "to:ben"]);
    expect(speaking(notes).say(4, [ANA])).toEqual([]);
  });

  it("forget at last who is gone", () => {
    const { say, notes, tails } = speaking();
    tails.forget(ANA);
    say(1, []);
    tails.forget(BEN);
    say(2, [], 3_600_000);
    expect([...notes.keys()]).toEqual(["gone:ben"]);
  });
});

const [ANA, BEN] = ["ana", "ben"] as GatewayId[] as [GatewayId, GatewayId];

/** Says something in a commit; answers whom the frames are for, and after which commit. */
function speaking(notes = new Map<string, string>()) {
  const tails = new Tails();
  tails.restore(notes);
  const say = (commit: number, to: readonly GatewayId[], at = 0): readonly string[] => {
    const changes = new Map<string, string | undefined>();
    const items = to.length === 0 ? [] : [{ to, item: "word" }];
    const { frames } = tails.write(codec, { commit, at, items, notes: changes });
    for (const [key, value] of changes) {
      if (value === undefined) notes.delete(key);
      else notes.set(key, value);
    }
    tails.done();
    return frames.map(
      (frame) =>
        `${frame.to} ${new DataView(frame.bytes.buffer).getFloat64(frame.bytes.byteOffset + 9)}`,
    );
  };
  return { tails, notes, say };
}

const codec = { ...msgpack, isFarewell: () => false, weightOf: () => 1 };
