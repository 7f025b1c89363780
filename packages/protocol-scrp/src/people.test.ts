import type { UserId } from "@roundhouse/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { all, has, minus, NOBODY, type People, plus } from "./people.ts";

const nameOf = (n: number) => `user${n}` as UserId;
const upTo = (count: number) => Array.from({ length: count }, (_, n) => nameOf(n));
const deeds = fc.array(
  fc.record({
    isPlus: fc.boolean(),
    users: fc.oneof(
      fc.array(fc.nat(300).map(nameOf), { maxLength: 5 }),
      fc.integer({ min: 0, max: 300 }).map(upTo),
    ),
  }),
  { maxLength: 30 },
);

describe("people", () => {
  it("are those who were added and not taken away, and stay so", () => {
    fc.assert(
      fc.property(deeds, (todo) => {
        let people = NOBODY;
        const model = new Set<UserId>();
        const versions: (readonly [People, readonly UserId[]])[] = [];
        for (const { isPlus, users } of todo) {
          people = isPlus ? plus(people, users) : minus(people, users);
          for (const user of users) isPlus ? model.add(user) : model.delete(user);
          versions.push([people, [...model].sort()]);
        }
        for (const [version, users] of versions) {
          expect([...all(version)].sort()).toEqual(users);
          expect(version.size).toBe(users.length);
          for (const user of upTo(301)) expect(has(version, user)).toBe(users.includes(user));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("share with those before all but one bucket, which is small", () => {
    const crowd = plus(NOBODY, upTo(10_000));
    const next = plus(crowd, ["one more" as UserId]);
    const fresh = next.buckets.filter((bucket, index) => bucket !== crowd.buckets[index]);
    expect(fresh).toHaveLength(1);
    expect(Math.max(...crowd.buckets.map((bucket) => bucket.length))).toBeLessThan(100);
    expect(minus(crowd, upTo(9_999)).buckets).toHaveLength(1);
  });
});
