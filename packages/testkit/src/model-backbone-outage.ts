/** The backbone as a whole may stand still for a while, or be away: the same for all its links. */

export type OutageWatcher = { readonly began: () => void; readonly ended: () => void };

export class Outage {
  #at: "fair" | "frozen" | "away" = "fair";
  /** What arrived while it stood still. */
  readonly #waiting: (() => void)[] = [];
  readonly #watchers: OutageWatcher[] = [];

  get isAway(): boolean {
    return this.#at === "away";
  }

  get isFair(): boolean {
    return this.#at === "fair";
  }

  watch(watcher: OutageWatcher): void {
    this.#watchers.push(watcher);
  }

  /** It does nothing, but what arrives is done later. */
  freeze(): void {
    if (this.#at === "fair") this.#at = "frozen";
  }

  /** Nobody reaches it. What it held is kept: it writes to disk before it answers. */
  goAway(): void {
    if (this.#at === "away") return;
    this.#at = "away";
    this.#waiting.length = 0;
    for (const { began } of this.#watchers) began();
  }

  comeBack(): void {
    const wasAway = this.#at === "away";
    this.#at = "fair";
    for (const run of this.#waiting.splice(0)) run();
    if (wasAway) for (const { ended } of this.#watchers) ended();
  }

  /** Does it now, or when it moves again, or never; tells whether it is done now. */
  enter(run: () => void): boolean {
    if (this.#at === "fair") run();
    else if (this.#at === "frozen") this.#waiting.push(run);
    return this.#at === "fair";
  }
}
