/** A commit as lua/commit.lua takes it. Pure. */
import type { Changes, ShardCommit } from "./backbone.ts";
import type { Argument } from "./redis-encode.ts";
import { NOTE } from "./redis-replies.ts";

/** What follows the way to publish: counts first, then everything that they count. */
export function commitArguments(commit: ShardCommit): readonly Argument[] {
  const { live, kept, outbox, history, frames } = commit;
  const args: Argument[] = [
    commit.owner,
    String(commit.epoch),
    commit.from,
    commit.to,
    String(commit.before ?? commit.commit - 1),
    String(commit.commit),
    String(Math.max(0, commit.historyFrom)),
    history === undefined ? "0" : "1",
  ];
  const counts = args.length;
  for (let count = 0; count < COUNTS; count++) args.push("0");
  if (history !== undefined) args.push(history);
  addState(commit, counts, args);
  addChanges(live, counts + 2, args);
  addChanges(kept, counts + 4, args);
  addChanges(outbox, counts + 6, args);
  args[counts + 8] = String(frames.length);
  for (const { to, bytes } of frames) args.push(to, bytes);
  return args;
}

/** Where the shard stands, and the notes; first what is set, then what is removed. */
function addState({ to, commit, notes }: ShardCommit, place: number, args: Argument[]): void {
  args.push("position", to, "commit", String(commit));
  let set = 0;
  for (const [key, value] of notes) {
    if (value === undefined) continue;
    args.push(NOTE + key, value);
    set++;
  }
  args[place] = String(set + 2);
  if (set === notes.size) return;
  args[place + 1] = String(notes.size - set);
  for (const [key, value] of notes) if (value === undefined) args.push(NOTE + key);
}

function addChanges(changes: Changes, place: number, args: Argument[]): void {
  if (changes.size === 0) return;
  let set = 0;
  for (const [key, value] of changes) {
    if (value === undefined) continue;
    args.push(key, value);
    set++;
  }
  args[place] = String(set);
  if (set === changes.size) return;
  args[place + 1] = String(changes.size - set);
  for (const [key, value] of changes) if (value === undefined) args.push(key);
}

/** Set and removed of four maps, and the frames. */
const COUNTS = 9;
