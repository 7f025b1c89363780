import { describe, expect, it } from "vitest";
import type { NodeId } from "./backbone.ts";
import {
  channelOf,
  nodeOfChannel,
  numberOfProbe,
  probeWith,
  readHeard,
  saying,
  shardOfChannel,
} from "./redis-heard.ts";

const node = "0123456789abcdef" as NodeId;

describe("what is published to an ear", () => {
  it.each([0, 7, 63, 1023])("is said on a channel of shard %i and the node", (shard) => {
    const channel = Buffer.from(channelOf(shard, node));
    expect([shardOfChannel(channel), nodeOfChannel(channel)]).toEqual([shard, node]);
  });

  it("may be words of another node, as they are", () => {
    const bytes = Uint8Array.of(0, 32, 255);
    expect(readHeard(3, saying(bytes))).toEqual({
      on: "said",
      shard: 3,
      bytes: Buffer.from(bytes),
    });
    expect(readHeard(3, saying(new Uint8Array()))).toMatchObject({ bytes: Buffer.alloc(0) });
  });

  it("may be an entry, whatever its bytes are", () => {
    const bytes = Buffer.from([32, 10, 0, 32, 255]);
    const message = Buffer.concat([Buffer.from("e12-0 13-1 shard:4 "), bytes]);
    expect(readHeard(3, message)).toEqual({
      on: "entry",
      shard: 3,
      entry: { previous: "12-0", id: "13-1", sender: "shard:4", bytes },
    });
  });

  it("may be a grant, or a probe", () => {
    expect(readHeard(3, Buffer.from("g17"))).toEqual({ on: "granted", shard: 3, epoch: 17 });
    expect(numberOfProbe(probeWith(17))).toBe(17);
    expect(numberOfProbe(saying(Buffer.from("17")))).toBeUndefined();
  });

  it("is passed over when nobody knows the word", () => {
    for (const word of ["", "x", "e12-0 13-1", "p1"]) {
      expect(readHeard(3, Buffer.from(word))).toBeUndefined();
    }
  });
});
