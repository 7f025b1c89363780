/** Who does not read: closed by name, never left with a gap, and nobody else pays for it. */
import { describe, expect, it } from "vitest";
import type { Action, Client } from "../client.ts";
import { polled } from "../condition.ts";
import { type House, house, join } from "../house.ts";
import { CLOSE, type Frame, type RawSocket, textFrame } from "../raw-socket.ts";

// The kernel holds megabytes for a socket that does not read: the storm must be larger than that.
const STORM = { actions: 600, bytes: 32_768 };
const PADDING = "x".repeat(STORM.bytes);
const NO_RATE = { MESSAGES_PER_SECOND_MAX: 0 };

/** A bare socket that sits in the channel and then reads no more. */
async function sleeper(inn: House, channel: string, user: string): Promise<RawSocket> {
  const raw = await inn.knock();
  expect(await raw.upgrade()).toBe(101);
  raw.write(textFrame("joingame", { channel, self: user }));
  raw.write(textFrame("game", { channel, actions: [], hello: user }));
  await raw.until(() => (raw.text.includes(`"hello":"${user}"`) ? true : undefined), "a seat");
  raw.pause();
  return raw;
}

type Heard = {
  readonly numbers: readonly number[];
  readonly actions: readonly Action[];
  readonly close: number | undefined;
};

/** Reads on to the end: the numbers of the actions in the channel, and the close code. */
async function readToEnd(raw: RawSocket): Promise<Heard> {
  raw.resume();
  const frames: Frame[] = [];
  await raw.until(() => {
    frames.push(...raw.frames());
    return raw.isEnded ? true : undefined;
  }, "the end");
  frames.push(...raw.frames());
  const games = frames.flatMap(({ opcode, payload }) => {
    return opcode === CLOSE ? [] : [(JSON.parse(String(payload)) as { data: Game }).data];
  });
  const numbers = games.flatMap(({ seq = 0, actions = [] }) => actions.map((_, n) => seq + n));
  const actions = games.flatMap((game) => game.actions ?? []);
  const close = frames.find(({ opcode }) => opcode === CLOSE)?.payload.readUInt16BE(0);
  expect(frames.findIndex(({ opcode }) => opcode === CLOSE)).toBe(
    close === undefined ? -1 : frames.length - 1,
  );
  return { numbers, actions, close };
}

type Game = { readonly seq?: number; readonly actions?: readonly Action[] };

/** Of every sender each action once, in order, none left out up to the last that was heard. */
function expectWhole(actions: readonly Action[]): void {
  const next = new Map<string, number>();
  for (const { from, n } of actions) {
    expect(n, from).toBe(next.get(from) ?? 0);
    next.set(from, Number(n) + 1);
  }
}

const isGapless = (numbers: readonly number[]): boolean => {
  return numbers.every((it, index) => index === 0 || it === (numbers[index - 1] ?? 0) + 1);
};

/** Says the storm, a window at a time, so that the speaker itself is no slow reader. */
async function storm(speaker: Client, channel: string, count = STORM.actions): Promise<void> {
  const before = speaker.actionsIn(channel).length;
  for (let n = 0; n < count; n++) {
    speaker.act(channel, { n, PADDING });
    if (n % 20 === 19) {
      await speaker.until(() => speaker.actionsIn(channel)[before + n - 10], "its own words");
    }
  }
  await speaker.until(() => speaker.actionsIn(channel)[before + count - 1], "its last word");
}

describe("a reader that reads no more, in a busy room", () => {
  const inn = house(NO_RATE);

  it("is closed with 4430 after a prefix of the order; the others hear everything", {
    timeout: 60_000,
  }, async () => {
    const speaker = await inn.sit("ana", "hall");
    const listeners = [await inn.sit("ben", "hall"), await inn.sit("cal", "hall")];
    const raw = await sleeper(inn, "hall", "dee");
    const [deesFirst] = numbersIn(raw);
    await storm(speaker, "hall");
    await polled(
      () => inn.server.metric("roundhouse_slow_closes_total"),
      (closes) => closes === 1,
    );
    for (const listener of listeners) {
      await listener.until(() => listener.actionsIn("hall")[STORM.actions - 1], "everything");
      expect(listener.actionsIn("hall").map(({ n }) => n)).toEqual([
        ...Array(STORM.actions).keys(),
      ]);
      expect(listener.closed).toBeUndefined();
    }
    expect(deesFirst).toBeUndefined();
    const { numbers, close } = await readToEnd(raw);
    expect(close).toBe(4430);
    const all = numbersOf(speaker, "hall");
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.length).toBeLessThan(all.length);
    expect(numbers).toEqual(all.slice(0, numbers.length));
    expect(await inn.server.refusals("reader_too_slow")).toBe(1);
    expect(inn.server.run.err).toContain("reader_too_slow");
    expect(inn.server.run.err).not.toContain(PADDING.slice(0, 100));
  });

  it("costs a bounded amount of memory, however many there are", { timeout: 60_000 }, async () => {
    const speaker = await inn.sit("ana", "crowded");
    const before = await inn.server.metric("roundhouse_slow_closes_total");
    const sleepers: RawSocket[] = [];
    for (let n = 0; n < 20; n++) sleepers.push(await sleeper(inn, "crowded", `sleeper ${n}`));
    const rss = inn.server.rss();
    let peak = 0;
    const watching = setInterval(() => {
      peak = Math.max(peak, inn.server.rss());
    }, 50);
    // Held whole for each of the twenty this would be 400 MB.
    await storm(speaker, "crowded");
    clearInterval(watching);
    await polled(
      () => inn.server.metric("roundhouse_slow_closes_total"),
      (closes) => closes === before + 20,
    );
    expect(Math.max(peak, inn.server.rss()) - rss).toBeLessThan(150 * 1024 * 1024);
    const { rooms } = (await inn.server.ask("/rooms")) as { rooms: readonly object[] };
    expect(rooms).toMatchObject([{ id: "crowded", members: 1 }]);
  });

  it("resumes afterwards and is told how much is lost", { timeout: 60_000 }, async () => {
    const speaker = await inn.sit("ana", "retry");
    const resume = "a secret of the slow reader";
    const slow = await inn.enterAs("eve", { resume });
    await join(slow, "retry");
    slow.pause();
    await storm(speaker, "retry");
    await polled(
      async () => (await inn.server.ask("/who?user=eve")) as { sessions: { connected: boolean }[] },
      ({ sessions }) => sessions.every(({ connected }) => !connected),
    );
    slow.resume();
    expect((await slow.end()).code).toBe(4430);
    const seen = numbersOf(slow, "retry").at(-1) ?? 0;
    const back = await inn.enterAs("eve", { resume, seen: { retry: seen } });
    const replayed = await back.expect("game");
    const lost = back.all("gap")[0]?.["lost"];
    expect(Number(replayed["seq"])).toBe(seen + 1 + Number(lost));
    await back.until(
      () => back.actionsIn("retry").find(({ n }) => n === STORM.actions - 1),
      "the last action",
    );
    expect(isGapless(numbersOf(back, "retry"))).toBe(true);
  });
});

describe("a reader behind the wall of a single turn", () => {
  // A small bound: many speakers together exceed the wall before anybody looks at it.
  const inn = house({
    ...NO_RATE,
    BACKLOG_SOFT_BYTES: 1_024,
    BACKLOG_HARD_BYTES: 65_536,
  });

  it("has heard no gap, whether it is cut off or not, also when it reads on in the midst of it", {
    timeout: 60_000,
  }, async () => {
    for (let round = 0; round < 3; round++) {
      const channel = `loud ${round}`;
      const speakers: Client[] = [];
      for (let n = 0; n < 12; n++) speakers.push(await inn.sit(`speaker ${n}`, channel));
      const raw = await sleeper(inn, channel, "sleeper");
      for (let n = 0; n < 20; n++) for (const it of speakers) it.act(channel, { n, PADDING });
      const done = speakers.map((it, index) => {
        const isLast = ({ n, from }: Action): boolean => n === 19 && from === `speaker ${index}`;
        return it.until(() => it.closed ?? it.actionsIn(channel).find(isLast), "its last word");
      });
      await done[0];
      const heard = readToEnd(raw);
      await Promise.all(done);
      const ends = new Map(speakers.map((it) => [it, it.closed?.code]));
      for (const it of speakers) it.drop();
      raw.write(textFrame("idme", "somebody else")); // Ends it, if it is not over yet.
      // Those who are cut off take a number each by leaving: what counts is each speaker's own order.
      expectWhole((await heard).actions);
      for (const it of speakers) {
        expectWhole(it.actionsIn(channel));
        // Whoever had to go was told why: nobody just breaks off.
        expect([undefined, 4430]).toContain(ends.get(it));
      }
    }
  });
});

describe("a reader that lags but catches up", () => {
  const inn = house({
    ...NO_RATE,
    BACKLOG_SOFT_BYTES: 1_024,
    BACKLOG_HARD_BYTES: 33_554_432,
    BACKLOG_MS: 3_000,
  });

  it("is not closed and hears everything; one that stays behind is, by time", {
    timeout: 60_000,
  }, async () => {
    const speaker = await inn.sit("ana", "slope");
    const slow = await inn.sit("ben", "slope");
    const asleep = await inn.sit("cal", "slope");
    slow.pause();
    asleep.pause();
    await storm(speaker, "slope", 500);
    slow.resume();
    await slow.until(() => slow.actionsIn("slope")[499], "everything");
    await polled(
      () => inn.server.metric("roundhouse_slow_closes_total"),
      (closes) => closes === 1,
    );
    asleep.resume();
    expect((await asleep.end()).code).toBe(4430);
    expect(isGapless(numbersOf(asleep, "slope"))).toBe(true);
    expect(slow.closed).toBeUndefined();
    slow.act("slope", { n: "still here" });
    await speaker.until(() => speaker.actionsIn("slope").at(500), "a word");
  });
});

describe("a watcher or asker that does not read", () => {
  const inn = house({ ...NO_RATE, THERE_MAX: 1_000 });

  it("is closed too: answers wait for nobody", { timeout: 60_000 }, async () => {
    const long = (n: number): string => `${n} ${"x".repeat(240)}`;
    await Promise.all(Array.from({ length: 200 }, (_, n) => inn.enterAs(long(n))));
    const asker = await inn.knock();
    expect(await asker.upgrade()).toBe(101);
    asker.pause();
    const rss = inn.server.rss();
    // 2,000 answers of 50 kB: a hundred megabytes that nobody reads.
    const question = textFrame("whothere");
    for (let n = 0; n < 20; n++) asker.write(Buffer.concat(Array(100).fill(question) as Buffer[]));
    await polled(
      () => inn.server.metric("roundhouse_slow_closes_total"),
      (closes) => closes === 1,
    );
    expect(inn.server.rss() - rss).toBeLessThan(100 * 1024 * 1024);
    const { close } = await readToEnd(asker);
    expect(close).toBe(4430);
  });
});

function numbersOf(client: Client, channel: string): readonly number[] {
  return client.all("game").flatMap((data) => {
    if (data["channel"] !== channel) return [];
    const actions = data["actions"] as readonly unknown[];
    return Array.from({ length: actions.length }, (_, n) => Number(data["seq"]) + n);
  });
}

function numbersIn(raw: RawSocket): readonly number[] {
  const texts = raw.frames().map(({ payload }) => String(payload));
  return texts.flatMap((text) => {
    const { data } = JSON.parse(text) as { data: { seq?: number; actions?: unknown[] } };
    return (data.actions ?? []).map((_, n) => (data.seq ?? 0) + n);
  });
}
