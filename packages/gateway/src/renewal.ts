/** Sessions get their names here, and a connection another session when it has logged out. */
import type { SessionId } from "@roundhouse/kernel";
import type { CatchUps } from "./catch-ups.ts";
import type { Connection } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Dialogue } from "./dialogue.ts";
import type { Errands } from "./errands.ts";
import type { Inboxes } from "./inboxes.ts";
import type { Roll } from "./roll.ts";
import type { Watches } from "./watches.ts";

export type RenewalOptions = {
  readonly inboxes: Pick<Inboxes, "id">;
  readonly crowd: Crowd;
  readonly catchUps: CatchUps;
  readonly errands: Errands;
  readonly watches: Watches;
  readonly roll: Roll;
  readonly dialogue: Dialogue;
};

export class Renewal {
  readonly #options: RenewalOptions;
  #sessions = 0;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** No other in the cluster is called so. */
  nextSession(): SessionId {
    return `${this.#options.inboxes.id}-${(++this.#sessions).toString(36)}` as SessionId;
  }

  /** It has logged out: the connection goes on as another session, of nobody yet. */
  renew(connection: Connection): void {
    const { catchUps, crowd, dialogue, errands, roll, watches } = this.#options;
    catchUps.leave(connection.session);
    errands.leave(connection);
    const watched = [...connection.watched].map(({ user }) => user);
    watches.unwatch(connection, watched);
    roll.depart(connection, "left");
    const session = this.nextSession();
    crowd.renew(connection, session);
    dialogue.input(connection, { on: "renewed", session });
  }
}
