/** Who says too much: told so, then sent away; bursts of polite people pass. */
import { describe, expect, it } from "vitest";
import type { Client } from "../client.ts";
import { house, isKnown } from "../house.ts";
import { textFrame } from "../raw-socket.ts";

// Bursts of two seconds' worth may come at once, five seconds' worth too much ends it.
const RATE = 20;
const BURST = 2 * RATE;
const inn = house({ MESSAGES_PER_SECOND_MAX: RATE, ADDRESS_RATE_FACTOR: 3 });

const toldOf = (client: Client): number => {
  return client.all("error").filter(({ code }) => code === "rate_exceeded").length;
};

describe("a connection", () => {
  it("may say a burst at once, and later another", async () => {
    const client = await inn.enter({ from: "127.0.0.2" });
    for (let n = 0; n < BURST; n++) client.say("whothere");
    await client.until(() => client.all("there")[BURST - 1], "all answers");
    expect(toldOf(client)).toBe(0);
    // The server's clock fills the bucket meanwhile.
    for (let n = 0; n < 10; n++) await paced(client);
    expect(client.closed).toBeUndefined();
  });

  it("that floods is told once, then closed with 4429; the server goes on for others", async () => {
    const other = await inn.enter({ from: "127.0.0.3" });
    const before = await inn.server.refusals("rate_exceeded");
    const flooder = await inn.enter({ from: "127.0.0.4" });
    for (let n = 0; n < 2_000; n++) flooder.say("whothere");
    expect(await flooder.end()).toEqual({ code: 4429, reason: "rate_exceeded" });
    expect(flooder.all("there").length).toBeGreaterThanOrEqual(BURST);
    expect(flooder.all("there").length).toBeLessThanOrEqual(BURST + RATE);
    // Once when it began, once when it ended; as many more as seconds went by meanwhile.
    expect(toldOf(flooder)).toBeGreaterThanOrEqual(1);
    expect(toldOf(flooder)).toBeLessThanOrEqual(4);
    expect(await inn.server.refusals("rate_exceeded")).toBeGreaterThanOrEqual(before + 5 * RATE);
    other.say("idme", "ana");
    await isKnown(other, "ana");
  });

  it("that keeps talking too fast is told about once a second until it is closed", async () => {
    const client = await inn.enter({ from: "127.0.0.5" });
    const begun = performance.now();
    const talking = setInterval(() => {
      for (let n = 0; n < 4; n++) client.say("whothere");
    }, 50); // 80 a second, four times too much.
    const end = await client.end();
    clearInterval(talking);
    const seconds = (performance.now() - begun) / 1000;
    expect(end).toEqual({ code: 4429, reason: "rate_exceeded" });
    expect(toldOf(client)).toBeGreaterThanOrEqual(2);
    expect(toldOf(client)).toBeLessThanOrEqual(seconds + 2);
  });

  it("that was too fast for a moment is heard again", async () => {
    const client = await inn.enter({ from: "127.0.0.6" });
    for (let n = 0; n < BURST + 10; n++) client.say("whothere");
    await client.expectError("rate_exceeded");
    const answered = client.all("there").length;
    await paced(client); // Asks at the allowed pace until it is answered.
    expect(client.all("there").length).toBeGreaterThan(answered);
    expect(client.closed).toBeUndefined();
  });

  it("is limited in nonsense, in binary and in game messages alike", async () => {
    for (const text of [
      "{",
      '"nothing"',
      '{"command":"game","data":{"channel":"x","actions":[]}}',
    ]) {
      const client = await inn.enter({ from: "127.0.0.7" });
      for (let n = 0; n < 400; n++) client.sayText(text);
      expect((await client.end()).code).toBe(4429);
    }
  });

  it("may come back after it: the session waits as after a broken connection", async () => {
    const resume = "a secret of the flooder";
    const flooder = await inn.sit("flo", "den", { resume, from: "127.0.0.8" } as object);
    for (let n = 0; n < 1_000; n++) flooder.say("whothere");
    await flooder.end();
    const back = await inn.enterAs("flo", { resume, from: "127.0.0.9" });
    expect(back.all("resumed")).toEqual([{ channels: ["den"] }]);
  });
});

describe("an address", () => {
  it("is limited as a whole: its connections together, and no other address", async () => {
    const burst = Buffer.concat(Array.from({ length: BURST }, () => textFrame("whothere")));
    // Six connections, each polite by itself, are twice what the address may.
    const crowd = await Promise.all([1, 2, 3, 4, 5, 6].map(() => inn.knock("127.0.0.10")));
    const stranger = await inn.enter({ from: "127.0.0.11" });
    for (const raw of crowd) expect(await raw.upgrade()).toBe(101);
    for (const raw of crowd) raw.write(burst);
    for (let n = 0; n < BURST; n++) stranger.say("whothere");
    await stranger.until(() => stranger.all("there")[BURST - 1], "all answers");
    expect(toldOf(stranger)).toBe(0);
    const told: string[] = [];
    await crowd[5]?.until(() => {
      told.push(...(crowd[5]?.frames() ?? []).map(({ payload }) => String(payload)));
      return told.find((text) => text.includes("rate_exceeded"));
    }, "rate_exceeded");
    expect(crowd.map(({ isEnded }) => isEnded)).toEqual(Array(6).fill(false));
  });
});

/** Asks, and asks again every 60 ms until there is an answer: within the rate. */
async function paced(client: Client): Promise<void> {
  const asking = setInterval(() => client.say("whothere"), 60);
  client.say("whothere");
  const answered = client.all("there").length;
  await client.until(() => client.all("there")[answered], "an answer");
  clearInterval(asking);
}
