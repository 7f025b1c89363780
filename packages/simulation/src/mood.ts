/** What a seed's world is like: how large, how tight its limits, how much goes wrong in it. */
import type { Rules } from "@roundhouse/domain";
import type { Millis } from "@roundhouse/kernel";
import { type Dice, type Faults, noFaults } from "@roundhouse/testkit";

export type Mood = {
  /** Nothing goes wrong: then nothing may need a repair either. */
  readonly isCalm: boolean;
  /** K. */
  readonly shards: number;
  readonly gateways: number;
  readonly shardNodes: number;
  readonly clients: number;
  readonly users: number;
  readonly rooms: number;
  readonly capacity: number;
  /** Users with accounts, the gateways that they come by, and names of rooms that they create. */
  readonly residents: number;
  readonly receptions: number;
  readonly halls: number;
  readonly rules: Rules;
  readonly historyBytesMax: number;
  readonly inboxMax: number;
  readonly queueMax: number;
  /** How long a frame takes between client and gateway. */
  readonly wireMs: Millis;
  /** The longest time between two deeds. */
  readonly pauseMs: Millis;
  /** On every link, all the time until things calm down. */
  readonly faults: Faults;
  /** How often a deed is trouble instead of a client's wish. */
  readonly trouble: number;
  /** How wrong clocks are at most. */
  readonly clockMs: Millis;
};

export function drawMood(dice: Dice): Mood {
  const isCalm = dice.happens(0.2);
  const capacity = dice.between(1, 5);
  const users = dice.between(2, 8);
  return {
    isCalm,
    shards: dice.between(3, 8),
    gateways: dice.between(1, 3),
    shardNodes: dice.between(1, 4),
    users,
    clients: users + dice.between(0, 4),
    rooms: dice.between(1, 4),
    capacity,
    rules: {
      sessions: "many",
      sessionsPerUserMax: 10,
      roomsPerUserMax: dice.pick([2, 10]),
      membersPerRoomMax: capacity,
      invitesQueuedMax: 5,
      friendsMax: 1_000,
      requestsMax: 100,
      mailMax: 1_000,
      mailBytesMax: 1_048_576,
      historyEventsMax: dice.pick([4, 16, 256]),
      historyBytesMax: dice.pick([2_000, 200_000]),
      historyMs: dice.pick([5_000, 120_000]),
      resumeMs: dice.pick([8_000, 20_000]),
      presenceGraceMs: dice.pick([0, 0, 2_000]),
    },
    historyBytesMax: dice.pick([2_000, 10_000, 1_000_000]),
    inboxMax: dice.pick([20, 200]),
    queueMax: dice.pick([50, 500]),
    wireMs: dice.between(0, 20),
    pauseMs: dice.pick([20, 200, 600]),
    faults: isCalm ? { ...noFaults(), latencyMs: dice.pick([0, 5, 30]) } : drawFaults(dice),
    trouble: isCalm ? 0 : dice.pick([0, 0.02, 0.05, 0.12]),
    clockMs: isCalm ? 0 : dice.pick([0, 2_000, 600_000]),
    residents: dice.pick([0, 3, 5]),
    receptions: dice.between(1, 2),
    halls: dice.between(1, 3),
  };
}

/** Each kind is there or not: what several do together is found as well as what one does alone. */
function drawFaults(dice: Dice): Faults {
  const odds = (most: number): number => (dice.happens(0.5) ? 0 : (most * dice.below(1000)) / 1000);
  return {
    latencyMs: dice.pick([0, 3, 30, 200]),
    questionLost: odds(0.03),
    questionLate: odds(0.02),
    questionLateMs: dice.pick([1_000, 7_000, 15_000]),
    answerLost: odds(0.05),
    earLost: odds(0.2),
    earDoubled: odds(0.2),
    earLate: odds(0.1),
    earLateMs: dice.pick([50, 700, 3_000]),
  };
}
