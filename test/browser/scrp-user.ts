/** Somebody on the other protocol, at a terminal: SCRP as lines of JSON. */
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";

export type ScrpUser = {
  /** Asks, and waits for the answer. */
  asks(method: string, fields: object): Promise<Message>;
  /** The texts that were said in a room, as they were pushed. */
  heard(): readonly string[];
  leaves(): void;
};

type Message = Readonly<Record<string, unknown>>;

export async function openScrpUser(port: number): Promise<ScrpUser> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const waiting = new Map<unknown, (answer: Message) => void>();
  const pushes: Message[] = [];
  let last = 0;
  createInterface({ input: socket }).on("line", (line) => {
    const message: Message = JSON.parse(line);
    if ("push_id" in message) pushes.push(message);
    else waiting.get(message["resp_id"])?.(message);
  });
  return {
    asks(method, fields) {
      const request = ++last;
      socket.write(`${JSON.stringify({ req_id: request, method, ...fields })}\n`);
      return new Promise((answered) => waiting.set(request, answered));
    },
    heard: () =>
      pushes
        .filter(({ method }) => method === "NEW_ROOM_MESSAGE")
        .map(({ sender_id: sender, message }) => `${sender}: ${message}`),
    leaves: () => socket.destroy(),
  };
}
