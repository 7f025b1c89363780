/** Bugs to be planted, by name. Each is put in at a seam: nothing in production knows of them. */

export const bugs = [
  /** A commit is taken from anybody, at any epoch. */
  "no_fence",
  /** A commit is taken at any position, also twice. */
  "no_position_check",
  /** A batch that is sent again is taken again. */
  "no_duplicate_check",
  /** Frames leave when a commit is asked for, whatever becomes of it. */
  "publish_before_commit",
  /** Now and then a batch for another shard is struck out that never arrived. */
  "lost_outbox_entry",
  /** Epochs that are over are good enough for commits and hand-overs. */
  "stale_epoch_accepted",
  /** A dead gateway is buried without its last word. */
  "presence_kept_after_gateway_death",
  /** Gateways look whether a room is full, and its owner believes them. */
  "seat_check_outside_the_owner",
  /** The connection that a session had before is not told, and its seats do not move. */
  "resume_without_fencing",
  /** A gateway takes each frame for the next one. */
  "gap_not_repaired",
  /** Who takes a shard over does not bring what its outbox has of friends, members and letters. */
  "accounts_lost_at_take_over",
  /** Whoever logs in is taken to have heard what was kept. */
  "mail_removed_unheard",
  /** Rooms do not tell accounts that they are members no longer. */
  "membership_not_followed",
] as const;

export type Bug = (typeof bugs)[number];

export const isBug = (name: string): name is Bug => (bugs as readonly string[]).includes(name);
