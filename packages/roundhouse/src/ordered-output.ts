/**
 * Lines to a file descriptor in the order they were said, beside the loop: a reader that is stuck
 * never stops the players. While it does not read a bounded number of characters waits.
 */
import { write } from "node:fs";

export type OrderedOutput = {
  write(line: string): void;
  /** Resolves when everything that was written so far has left, or nobody reads any more. */
  settled(): Promise<void>;
};

export function openOutput(descriptor: number, charactersMax: number): OrderedOutput {
  let waiting: string[] = [];
  let characters = 0;
  let isWriting = false;
  let idle: (() => void)[] = [];

  function next(): void {
    const bytes = Buffer.from(waiting.join(""));
    waiting = [];
    characters = 0;
    isWriting = bytes.length > 0;
    if (isWriting) return send(bytes);
    for (const resolve of idle) resolve();
    idle = [];
  }

  function send(bytes: Buffer): void {
    write(descriptor, bytes, (cause, written) => {
      if (cause?.code === "EAGAIN") setTimeout(send, RETRY_MS, bytes);
      else if (cause === null && written < bytes.length) send(bytes.subarray(written));
      else next(); // All of it left, or the reader went away: there is nobody left to tell.
    });
  }

  return {
    write(line) {
      if (characters + line.length > charactersMax) return;
      characters += line.length;
      waiting.push(line);
      if (!isWriting) next();
    },
    settled: () =>
      new Promise((resolve) => {
        if (isWriting) idle.push(resolve);
        else resolve();
      }),
  };
}

const RETRY_MS = 20;
