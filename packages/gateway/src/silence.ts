/**
 * Whether a stream's peer has vanished while it was sent something: decided from looks at what its
 * kernel owes ours. Keep-alive finds those who were sent nothing; it rests while anything is on its way.
 */
import type { SocketSeen } from "./socket-table.ts";

/** By a clock that only goes forward, in ms. */
type Moment = number;

export type Look = {
  readonly at: Moment;
  readonly seen: SocketSeen;
  /** What the look before left behind. */
  readonly before: Doubt | undefined;
  /** It was alive then, as far as anybody knew before this look. */
  readonly aliveAt: Moment;
  /** When it was last sent something, before this look began. */
  readonly sentAt: Moment;
};

export type Doubt = {
  readonly at: Moment;
  readonly seen: SocketSeen;
  /** Since when it has been asked in vain; undefined: nothing was asked, or it is answered. */
  readonly askedSince: Moment | undefined;
};

export type Finding =
  /** It has everything, and lived when it was sent the last of it. */
  | { readonly is: "well"; readonly aliveAt: Moment }
  | { readonly is: "doubtful"; readonly aliveAt: Moment; readonly doubt: Doubt }
  | { readonly is: "vanished" };

/** A peer that only does not read answers that it has no room: that is not for here. */
export function judge(look: Look, silenceMs: number): Finding {
  const { at, before, seen, sentAt } = look;
  if (seen.unacknowledged === 0) return { is: "well", aliveAt: Math.max(look.aliveAt, sentAt) };
  const isAsked = seen.retransmits > 0 || seen.probes > 0;
  const hasAnswered = before !== undefined && (!isAsked || hasMoved(before.seen, seen));
  const aliveAt = hasAnswered ? Math.max(look.aliveAt, before.at) : look.aliveAt;
  const since = hasAnswered ? undefined : before?.askedSince;
  const askedSince = isAsked ? (since ?? at - keptAlive(seen)) : undefined;
  const isInVain = askedSince !== undefined && at - askedSince >= ASKED_MS;
  if (isInVain && at - aliveAt >= silenceMs) return { is: "vanished" };
  return { is: "doubtful", aliveAt, doubt: { at, seen, askedSince } };
}

/** While nothing is acknowledged both only grow. */
function hasMoved(before: SocketSeen, now: SocketSeen): boolean {
  return now.unacknowledged < before.unacknowledged || now.retransmits < before.retransmits;
}

/** For how long keep-alive had asked in vain already, once a second, when something was sent. */
function keptAlive({ probes, retransmits }: SocketSeen): number {
  return retransmits > 0 ? probes * 1_000 : 0; // Else they are about room, and of another pace.
}

/** As long as a WebSocket has for its ping; with 200 ms at first, it was sent again five times by then. */
const ASKED_MS = 8_000;
