/** Numbered requests and who waits for their answers. */
import type { Message } from "./message.ts";

/** What a numbered request is answered. */
export type Answer = Extract<Message, { command: "ok" | "error" }>;
export type Answered = (answer: Answer) => void;
export type Ask = (command: string, data: unknown, answered: Answered) => void;

export type Requests = {
  /** The number of a request whose answer somebody waits for. */
  begin(answered: Answered): number;
  /** Whether the message was an answer that somebody waited for. */
  settle(message: Message): boolean;
  /** Nothing will be answered any more. */
  forget(): void;
};

export function openRequests(): Requests {
  const waiting = new Map<number, Answered>();
  let last = 0;
  return {
    begin(answered) {
      waiting.set(++last, answered);
      return last;
    },
    settle(message) {
      if (message.command !== "ok" && message.command !== "error") return false;
      const { request } = message;
      const answered = request === undefined ? undefined : waiting.get(request);
      if (request === undefined || answered === undefined) return false;
      waiting.delete(request);
      answered(message);
      return true;
    },
    forget: () => waiting.clear(),
  };
}
