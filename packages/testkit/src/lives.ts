/** What crowds live through in property tests: arbitrary deeds, weighted so that lives cross. */
import fc from "fast-check";
import type { Deed } from "./crowd.ts";

export type LivesOptions = {
  readonly shards: number;
  readonly users: number;
  readonly rooms: number;
  readonly longest: number;
};

export function lives(options: LivesOptions): fc.Arbitrary<readonly Deed[]> {
  const who = fc.nat(30);
  const room = fc.nat(options.rooms - 1);
  const user = fc.nat(options.users - 1);
  const shard = fc.nat(options.shards - 1);
  const gate = fc.nat(1);
  const deeds: readonly (readonly [number, fc.Arbitrary<Deed>])[] = [
    [6, fc.record({ on: fc.constant("connect"), user, gate, secret: fc.boolean() })],
    [2, fc.record({ on: fc.constant("resume"), who, gate })],
    [8, fc.record({ on: fc.constant("join"), who, room })],
    [2, fc.record({ on: fc.constant("leave"), who, room })],
    [8, fc.record({ on: fc.constant("act"), who, room, actions: fc.nat(3) })],
    [1, fc.record({ on: fc.constant("invite"), who, room, user })],
    [1, fc.record({ on: fc.constant("away"), who, away: fc.boolean() })],
    [3, fc.record({ on: fc.constant("close"), who, how: fc.constantFrom("left", "lost") })],
    [3, fc.record({ on: fc.constantFrom("watch", "watch", "unwatch"), gate, user })],
    [1, fc.record({ on: fc.constant("die"), gate })],
    [3, fc.record({ on: fc.constant("compare"), gate, shard })],
    [14, fc.record({ on: fc.constant("work"), shard, isSlow: fc.boolean() })],
    [2, fc.record({ on: fc.constant("pass"), ms: fc.constantFrom(1, 1000, 30_000, 90_000) })],
  ];
  const deed = fc.oneof(...deeds.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  return fc.array(deed, { minLength: 20, maxLength: options.longest });
}
