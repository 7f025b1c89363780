/** Who asks too fast: every request is answered by its number all the same, or the connection ends. */
import { Stage } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { BOUNDS, type Fields } from "./client.contract.ts";
import { scrp } from "./protocol.ts";

const RATE = 10;
const BURST = 2 * RATE;
const PATIENCE = 5 * RATE;
const TOO_FAST = { err: 999, reason: "Send more slowly." };

function stranger() {
  const limits = { messagesPerSecondMax: RATE, addressRateFactor: 1_000 };
  const stage = new Stage({ protocols: [scrp(BOUNDS)], limits });
  const { socket } = stage.connect();
  const say = (message: unknown): void => {
    socket.says(typeof message === "string" ? message : JSON.stringify(message));
  };
  const heard = (): readonly Fields[] => {
    return socket.received.splice(0).map((frame) => JSON.parse(String(frame)) as Fields);
  };
  const asks = (first: number, count: number): void => {
    for (let n = 0; n < count; n++) say({ req_id: first + n, method: "GET_TIME" });
  };
  return { asks, heard, say, stage };
}

describe("a request that comes too fast", () => {
  it("is answered by its number, and the next ones when there is time again", () => {
    const { asks, heard, stage } = stranger();
    asks(100, BURST + 5);
    const answers = heard();
    expect(answers.slice(0, BURST).map(({ err }) => err)).toEqual(Array(BURST).fill(900));
    const late = [0, 1, 2, 3, 4].map((n) => ({ resp_id: 100 + BURST + n, ...TOO_FAST }));
    expect(answers.slice(BURST)).toEqual(late);
    stage.passes(1);
    asks(1, 1);
    expect(heard()).toMatchObject([{ resp_id: 1, err: 900 }]);
  });

  it("is answered also if it asks for what is not there; it is not looked at", () => {
    const { asks, heard, say } = stranger();
    asks(0, BURST);
    heard();
    say({ req_id: 7, method: "FLY" });
    say({ req_id: 8, method: "LOG_IN" });
    expect(heard()).toEqual([7, 8].map((resp_id) => ({ resp_id, ...TOO_FAST })));
  });

  it("and names itself by no number is told of once a second", () => {
    const { asks, heard, say, stage } = stranger();
    asks(0, BURST);
    heard();
    for (let n = 0; n < 10; n++) say("no request");
    expect(heard()).toEqual([{ resp_id: 0, ...TOO_FAST }]);
    stage.passes(1);
    for (let n = 0; n < 10; n++) say("no request");
    expect(heard()).toEqual([{ resp_id: 0, ...TOO_FAST }]);
  });

  it("is one too many in the end: that is said with 0, and the connection closes", () => {
    const { asks, heard, stage } = stranger();
    asks(0, BURST + PATIENCE);
    const numbers = Array.from({ length: BURST + PATIENCE }, (_, n) => n);
    expect(heard().map(({ resp_id }) => resp_id)).toEqual(numbers);
    expect(stage.gateway.connections).toBe(1);
    asks(1_000, 3);
    expect(heard()).toEqual([{ resp_id: 0, ...TOO_FAST }]);
    expect(stage.gateway.connections).toBe(0);
  });

  it("costs more when it is long, for it must be read to be answered", () => {
    const { asks, heard, say, stage } = stranger();
    asks(0, BURST);
    heard();
    const filler = "x".repeat(30 * 4_096);
    for (let n = 0; n < 10; n++) say({ req_id: n, method: "GET_TIME", filler });
    expect(heard().map(({ resp_id }) => resp_id)).toEqual([0, 1, 0]);
    expect(stage.gateway.connections).toBe(0);
  });
});
