/** One suite for all protocols: each of them under test, with each of them in the same room. */
import { describe, expect, it } from "vitest";
import { house } from "../house.ts";
import { behaviours, MEMBERS_MAX, ROOMS_MAX } from "./behaviours.ts";
import { excuses } from "./excuses.ts";
import { neighbourhood } from "./neighbourhood.ts";
import { scrp } from "./scrp.ts";
import type { Tongue } from "./tongue.ts";
import { turntable, turntable2 } from "./turntable.ts";

const tongues: readonly Tongue[] = [scrp, turntable, turntable2];

const inn = house({
  MESSAGES_PER_SECOND_MAX: 0,
  SIGN_UPS_PER_MINUTE: 0,
  ROOMS_PER_USER_MAX: ROOMS_MAX,
  MEMBERS_PER_ROOM_MAX: MEMBERS_MAX,
});
const here = neighbourhood(inn);

describe.each(tongues)("$name", (own) => {
  describe.each(tongues)("beside $name", (other) => {
    for (const { name, run, isOwn = false } of behaviours) {
      if (isOwn && other !== tongues[0]) continue;
      const excuse = excuses.find((it) => it.protocol === own.name && it.behaviour === name);
      const attempt = (): Promise<void> => run({ inn, here, own, other });
      if (excuse === undefined) it(name, attempt);
      else {
        it(`${name}: excused, since ${excuse.reason}`, async () => {
          await expect(attempt(), "The excuse does not hold any more.").rejects.toThrow();
        });
      }
    }
  });
});

describe("excuses", () => {
  it("are for protocols and behaviours that there are, each once", () => {
    const names = excuses.map(({ protocol, behaviour }) => `${protocol}: ${behaviour}`);
    const possible = tongues.flatMap((tongue) =>
      behaviours.map((it) => `${tongue.name}: ${it.name}`),
    );
    expect(possible).toEqual(expect.arrayContaining(names));
    expect(new Set(names).size).toBe(names.length);
  });
});
