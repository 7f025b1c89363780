import { describe, expect, it } from "vitest";
import { type Answer, openRequests } from "./requests.ts";

const ok = (request: number | undefined): Answer => {
  return { command: "ok", token: undefined, timestamp: 0, request };
};

describe("a numbered request", () => {
  it("is answered once, by the answer with its number", () => {
    const requests = openRequests();
    const heard: string[] = [];
    const first = requests.begin(() => heard.push("first"));
    const second = requests.begin(() => heard.push("second"));
    expect([requests.settle(ok(second)), requests.settle(ok(first))]).toEqual([true, true]);
    expect(heard).toEqual(["second", "first"]);
    expect(requests.settle(ok(first))).toBe(false);
  });

  it("leaves everything else to whoever hears it", () => {
    const requests = openRequests();
    requests.begin(() => expect.unreachable());
    expect(requests.settle({ command: "idyou" })).toBe(false);
    expect(requests.settle(ok(undefined))).toBe(false);
  });

  it("is forgotten with the connection", () => {
    const requests = openRequests();
    const number = requests.begin(() => expect.unreachable());
    requests.forget();
    expect(requests.settle(ok(number))).toBe(false);
  });
});
