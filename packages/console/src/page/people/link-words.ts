/** The state of the connection in words, and the next thing worth doing. */
import type { LinkState } from "../wire/link.ts";

export function linkWords(state: LinkState): string {
  switch (state.at) {
    case "idle":
      return "signed out";
    case "connecting":
      return "connecting…";
    case "live":
      return "live";
    case "lost":
      return `lost: ${state.why}. Trying again in ${(state.retryInMs / 1000).toFixed(1)} s`;
    case "refused":
      return `refused: ${state.why}`;
  }
}

type Situation = {
  readonly live: boolean;
  readonly inRoom: boolean;
  readonly friendCount: number;
  readonly engineCount: number;
  readonly other: string;
  readonly wayHome: string;
  readonly allHome: boolean;
};

export function nextStep(it: Situation): string {
  if (!it.live) return "Choose any name and sign in. No account, nothing to install.";
  if (!it.inRoom) return "Join a room: your engine waits there.";
  if (it.allHome) return "Everybody is home. Good night, roundhouse.";
  const alone = it.engineCount < 2 ? ` Alone here? ${companion(it)}` : "";
  return it.wayHome + alone;
}

const companion = ({ friendCount, other }: Situation): string =>
  friendCount === 0 ? `Open a second tab as ${other}.` : "Invite a friend.";
