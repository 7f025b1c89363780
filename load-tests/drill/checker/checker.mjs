// The checker: reads what every client wrote down and names everything that should not be there. The
// names of the faults are those of the invariants in the design; pure, and tested itself against
// journals that are wrong.
import { faultsOfClosings, faultsOfPresence } from "./presence.mjs";
import { read } from "./reading.mjs";
import { faultsOfRooms } from "./rooms.mjs";

/** @import { Account } from "../load/journal.mjs" */

/**
 * Everything that is wrong, each beginning with the name of the broken invariant:
 *
 * `no_loss` `no_dup` `same_order` `order_per_sender` `seats` `presence_true` as in the design;
 * `true_answers` an answer tells what happened; `seat_kept` nobody leaves or joins unasked, also
 * when its connection is lost; `no_gap` history always reached; `no_close` no connection ends but by
 * the end of its gateway; `real_transitions` nobody is told the same status twice.
 *
 * @param {Account} account
 * @returns {readonly string[]}
 */
export function faultsIn({ journals, troubles, endedAt }) {
  const readings = journals.map(read);
  return [
    ...readings.flatMap(({ faults }) => faults),
    ...faultsOfRooms(readings, troubles),
    ...faultsOfPresence(readings, { troubles, endedAt }),
    ...faultsOfClosings(readings, { troubles, endedAt }),
  ];
}
