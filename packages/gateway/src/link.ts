/** What a gateway knows of a socket: both uWebSockets.js' and those of streams are such links. */
import type { Frame } from "@roundhouse/protocol";

/** Used only while it is open: `Gateway.closed` is told its end, also when we are the cause. */
export interface Link {
  /** Answers SENT if all of it is under way; if not, some of it waits or was dropped. */
  send(frame: Frame, isBinary: boolean): number;
  /** To a native topic; a voice whose connections hear each by itself has none. */
  subscribe(topic: string): boolean;
  unsubscribe(topic: string): boolean;
  /** Bytes that the peer has not been handed yet. */
  getBufferedAmount(): number;
  /** Sends what waits if the peer takes it soon. Tells the gateway before it returns. */
  end(code: number, reason: string): void;
}

export const SENT = 1;
