/** Bugs of a shard's owner, planted between it and its ledger. */
import type { Command, Item, Stored } from "@roundhouse/domain";
import type { ClusterLedger, Commit, Owner, Post } from "@roundhouse/ledger";
import type { ShardLedger } from "@roundhouse/shard";
import type { Bug } from "./bugs.ts";

type Ledger = ClusterLedger<Command, Item, Stored>;
type Work = Commit<Command, Item, Stored>;

export function mangled(ledger: Ledger, bug: Bug | undefined): ShardLedger {
  switch (bug) {
    case "resume_without_fencing":
      return between(ledger, { commit: unfenced });
    case "mail_removed_unheard":
      return between(ledger, { take: heeded });
    case "membership_not_followed":
      return between(ledger, { commit: unfollowed });
    default:
      return ledger;
  }
}

type Mangling = {
  readonly take?: (posts: readonly Post<Command>[]) => readonly Post<Command>[];
  readonly commit?: (commit: Work) => Work;
};

const same = <Value>(value: Value): Value => value;

function between(ledger: Ledger, { take = same, commit = same }: Mangling): ShardLedger {
  const mangledOwner = (owner: Owner<Command>): Owner<Command> => ({
    restore: (live) => owner.restore(live),
    take: (posts) => owner.take(take(posts)),
  });
  return {
    keepsLive: ledger.keepsLive,
    append: (...asked) => ledger.append(...asked),
    hear: (...asked) => ledger.hear(...asked),
    own: (shard, owner) => ledger.own(shard, mangledOwner(owner)),
    isFull: (shard) => ledger.isFull(shard),
    load: (...asked) => ledger.load(...asked),
    scan: (...asked) => ledger.scan(...asked),
    recall: (...asked) => ledger.recall(...asked),
    commit: (shard, work, then) => ledger.commit(shard, commit(work), then),
  };
}

/** What would end the connection before, and move its seats, is not done. */
function unfenced(commit: Work): Work {
  const isFence = (item: Item): boolean => {
    return (
      item.to === "session" && item.told.on === "ended" && item.told.code === "session_resumed"
    );
  };
  const items = commit.items.filter(({ item }) => !isFence(item));
  const outbox = commit.outbox.filter(({ command }) => command.on !== "reseat");
  return { ...commit, items, outbox };
}

/** Who logs in is taken to have got what waited, whatever becomes of the connection. */
function heeded(posts: readonly Post<Command>[]): readonly Post<Command>[] {
  return posts.flatMap((post) => {
    if (post.command.on !== "attach") return [post];
    const { user, session } = post.command;
    return [post, { ...post, command: { on: "heed", user, session } as const }];
  });
}

/** Accounts do not hear that they are members no longer. */
function unfollowed(commit: Work): Work {
  const outbox = commit.outbox.filter(({ command }) => command.on !== "disenrolled");
  return { ...commit, outbox };
}
