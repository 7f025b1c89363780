/** One user's connection to whichever gateway answers, one after the other: k6's WebSocket, and coming back. */
import { WebSocket } from "k6/websockets";
import * as metrics from "./metrics.ts";

export type LinkOptions = {
  readonly subprotocol: string;
  /** The first to go to; then, round and round, whoever else serves. */
  readonly addresses: readonly string[];
  /** Whether gateways are restarted meanwhile, so that not being let in is no fault. */
  readonly mayClose: boolean;
  readonly opened: () => void;
  readonly heard: (frame: string | ArrayBuffer) => void;
  /** Lost by no deed of ours; it comes back by itself. */
  readonly lost: () => void;
};

export class Link {
  readonly #options: LinkOptions;
  #socket: WebSocket | undefined;
  #isWanted = false;
  #turn = 0;
  #failures = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Connects, and from now on comes back whenever the connection is lost. */
  open(): void {
    this.#isWanted = true;
    this.#connect();
  }

  /** It is good for something: who fails next is tried again soon. */
  stands(): void {
    this.#failures = 0;
  }

  send(frame: string | ArrayBuffer): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(frame);
  }

  /**
   * Breaks without a goodbye. k6 closes in good order only, so the server is made to cut: it does so with a
   * frame that is far beyond what it takes.
   */
  cut(): void {
    this.send(TOO_LARGE);
    this.move();
  }

  /** Comes back over another connection, while the server may still hold this one. */
  move(): void {
    this.#socket = undefined;
    this.#comeBack(0);
  }

  /** Says goodbye, for good. */
  close(): void {
    const socket = this.#socket;
    this.#isWanted = false;
    this.#socket = undefined;
    if (socket?.readyState === OPEN) socket.close(GOODBYE);
    else if (socket !== undefined) socket.onopen = () => socket.close(GOODBYE);
  }

  #connect(): void {
    if (!this.#isWanted) return;
    const { addresses, subprotocol, mayClose, opened, heard, lost } = this.#options;
    const address = addresses[this.#turn++ % addresses.length] ?? "";
    // Its types know of no subprotocol yet.
    const protocols = [subprotocol] as unknown as null;
    const socket = new WebSocket(`${address}/`, protocols);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    let isOpen = false;
    socket.onopen = () => {
      isOpen = true;
      if (socket === this.#socket) opened();
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket) heard(event?.data as unknown as string | ArrayBuffer);
    };
    socket.onerror = () => undefined; // "close" follows.
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      if (isOpen || !mayClose) metrics.closed.add(1);
      this.#socket = undefined;
      lost();
      this.#comeBack(BACK_MS * 2 ** Math.min(5, this.#failures++));
    };
  }

  #comeBack(mostMs: number): void {
    if (this.#isWanted) setTimeout(() => this.#connect(), Math.random() * mostMs);
  }
}

/** Beyond four times MESSAGE_BYTES_MAX (65,536 where nobody set another) the server cuts the connection. */
const TOO_LARGE = new ArrayBuffer(4 * 65_536 + 1_024);
const GOODBYE = 1000;
const BACK_MS = 50;
/** WebSocket.OPEN, which k6 has in its types only. */
const OPEN = 1;
