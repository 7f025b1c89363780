// What one client writes down: every word that it said and heard, in order, and nothing concluded.

/**
 * One line of a journal. `at` is in ms; all clients of one run share one clock.
 *
 * @typedef {{ readonly at: number } & (
 *   | { readonly on: "opened", readonly gateway: string }
 *   | { readonly on: "named", readonly rooms: readonly string[] }
 *   | { readonly on: "closed", readonly code: number, readonly by: "client" | "server" }
 *   | { readonly on: "asked", readonly what: "join" | "leave", readonly room: string,
 *       readonly request: number }
 *   | { readonly on: "said", readonly room: string, readonly n: number,
 *       readonly request: number }
 *   | { readonly on: "ok", readonly request: number, readonly seq: number | undefined }
 *   | { readonly on: "refused", readonly request: number | undefined, readonly code: string }
 *   | { readonly on: "heard", readonly room: string, readonly seq: number,
 *       readonly from: string, readonly n: number }
 *   | { readonly on: "joined" | "left", readonly room: string, readonly seq: number,
 *       readonly user: string }
 *   | { readonly on: "gap", readonly room: string, readonly lost: number }
 *   | { readonly on: "watched", readonly users: readonly string[] }
 *   | { readonly on: "status", readonly user: string, readonly status: string,
 *       readonly isAnswer: boolean }
 * )} Entry
 *
 * `named`: the server took the name, and these are the rooms of the session that goes on. `n` counts
 * the actions of one user, over all rooms. `isAnswer`: it was asked for, not announced.
 */

/**
 * @template {Entry["on"]} On
 * @typedef {Extract<Entry, { on: On }>} EntryOf
 */

/** @typedef {{ readonly user: string, readonly entries: readonly Entry[] }} Journal */

/**
 * What was done to the cluster, from outside. While it lasts, and only then, nobody promises that
 * presence is told in time. A gateway may be down by it, and then its clients' connections end.
 *
 * @typedef {{
 *   readonly what: string,
 *   readonly at: number,
 *   readonly until: number,
 *   readonly gateway?: string | undefined,
 *   readonly how?: "killed" | "stopped" | "ended" | undefined,
 * }} Trouble
 */

/**
 * Everything that the checker reads.
 *
 * @typedef {{
 *   readonly journals: readonly Journal[],
 *   readonly troubles: readonly Trouble[],
 *   readonly endedAt: number,
 * }} Account
 *
 * `endedAt`: all was quiet, and everybody had had the time to hear everything.
 */

export {};
