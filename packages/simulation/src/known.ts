/** What somebody with an account knows of friends, rooms and requests: only what it was told. */
import { type AccountSeen, type Notice, parseRequestName, type Told } from "@roundhouse/domain";
import type { RoomId, UserId } from "@roundhouse/kernel";

export class Known {
  readonly friends = new Set<UserId>();
  /** Where it sits. */
  readonly rooms = new Set<RoomId>();
  /** Requests that wait for its answer: of friends, or to enter a room. */
  readonly requests = new Map<number, RoomId | undefined>();

  begin(account: AccountSeen | undefined): void {
    this.forget();
    for (const friend of account?.friends ?? []) this.friends.add(friend);
    for (const { request } of account?.requests ?? []) this.#expect(request);
  }

  /** What was kept is older than what the beginning says of friends. */
  learn(notice: Notice, wasKept: boolean): void {
    if (notice.on === "friendAsked" || notice.on === "entryAsked") this.#expect(notice.request);
    if (wasKept) return;
    switch (notice.on) {
      case "approved":
        if ("user" in notice.by) this.friends.add(notice.by.user);
        return;
      case "unfriended":
        this.friends.delete(notice.user);
        return;
      default:
        return;
    }
  }

  sit({ on, room }: Extract<Told, { on: "seated" | "unseated" }>): void {
    if (on === "seated") this.rooms.add(room);
    else this.rooms.delete(room);
  }

  forget(): void {
    this.friends.clear();
    this.rooms.clear();
  }

  #expect(name: string): void {
    const request = parseRequestName(name);
    if (request === undefined) return;
    this.requests.set(request.id, request.of === "room" ? request.room : undefined);
  }
}
