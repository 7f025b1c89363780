/** Bytes as no decent client sends them: halves, single bytes, too much, nonsense, and nobody reading. */
import { describe, expect, it } from "vitest";
import { polled } from "../condition.ts";
import { house } from "../house.ts";
import { account, type Fields, framed, type ScrpClient } from "./scrp-client.ts";

const MIB = 1_048_576;
const BAD_REQUEST = 233;
const NICKNAME = "Zoë 🎲";

const request = (req_id: number, method: string, fields: Fields = {}): Buffer => {
  return framed({ req_id, method, ...fields });
};
const answers = (client: ScrpClient): readonly unknown[] => {
  return client.heard.map(({ resp_id, err }) => [resp_id, err]);
};
const heard = (client: ScrpClient, count: number): Promise<true> => {
  return client.until(() => client.heard.length >= count || undefined, `${count} messages`);
};

describe("bytes on their way", () => {
  const inn = house({ MESSAGES_PER_SECOND_MAX: 0 });

  it("come one at a time, and make the requests that they are; letters are split, too", async () => {
    const client = await inn.dial();
    const signUp = request(7, "SIGN_UP", { ...account("zoe"), user_nickname: NICKNAME });
    expect(signUp.includes(Buffer.from("🎲"))).toBe(true);
    for (const byte of signUp) client.write(Buffer.from([byte]));
    await heard(client, 1);
    expect(answers(client)).toEqual([[7, 900]]);
    await client.get("LOG_IN", account("zoe"));
    expect((await client.get("GET_USER", { user_id: "zoe" }))["user_nickname"]).toBe(NICKNAME);
  });

  it("come cut where the letter is, as lines as well", async () => {
    const client = await inn.dial({ speaks: "lines" });
    const fields = { ...account("yan"), user_nickname: NICKNAME };
    const line = Buffer.from(`${JSON.stringify({ req_id: 1, method: "SIGN_UP", ...fields })}\r\n`);
    const cut = line.indexOf(Buffer.from("🎲")) + 2;
    client.write(line.subarray(0, cut));
    const other = await inn.dial();
    await other.roundTrip(); // The first half has had its time.
    client.write(line.subarray(cut));
    await heard(client, 1);
    expect(answers(client)).toEqual([[1, 900]]);
  });

  it("come a hundred requests at once, and are answered in their order", async () => {
    const client = await inn.dial();
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    client.write(Buffer.concat(numbers.map((n) => request(n, "GET_TIME"))));
    await heard(client, 100);
    expect(answers(client)).toEqual(numbers.map((n) => [n, 900]));
  });

  it("are answered to who then says no more", async () => {
    const client = await inn.dial();
    client.write(request(1, "SIGN_UP", { ...account("xia"), user_nickname: "Xia" }));
    client.finish();
    await client.end();
    expect(answers(client)).toEqual([[1, 900]]);
  });

  it.each([
    { what: "no UTF-8", body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), id: 0 },
    { what: "no JSON", body: "hello", id: 0 },
    { what: "no object", body: "[1,2]", id: 0 },
    { what: "nothing", body: "", id: 0 },
    { what: "no number", body: '{"method":"GET_TIME"}', id: 0 },
    { what: "a number that is none", body: '{"req_id":-1,"method":"GET_TIME"}', id: 0 },
    { what: "a method that nobody knows", body: '{"req_id":5,"method":"DANCE"}', id: 5 },
    { what: "a method in small letters", body: '{"req_id":5,"method":"get_time"}', id: 5 },
    { what: "a field too few", body: '{"req_id":5,"method":"LOG_IN","user_id":"a"}', id: 5 },
    { what: "a field of another type", body: '{"req_id":5,"method":"SIGN_UP","user_id":1}', id: 5 },
    { what: "too much for a message", body: "x".repeat(MIB), id: 0 },
  ])("say $what: 233, and the connection lives", async ({ body, id }) => {
    const client = await inn.dial();
    client.write(typeof body === "string" ? framed(body) : lengthAnd(body));
    await heard(client, 1);
    expect(answers(client)).toEqual([[id, BAD_REQUEST]]);
    await client.roundTrip();
  });

  it.each([
    { what: "a length above 1 MiB", bytes: Buffer.from([0, 0x10, 0, 1]) },
    { what: "another protocol", bytes: Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n") },
    { what: "a line without end", bytes: Buffer.from(`{${"x".repeat(MIB + 1)}`) },
  ])("announce $what: 233 with number 0, and the end", async ({ what, bytes }) => {
    const client = await inn.dial({ speaks: what.includes("line") ? "lines" : "frames" });
    client.write(bytes);
    await client.end();
    expect(answers(client)).toEqual([[0, BAD_REQUEST]]);
  });

  it("announced and never sent cost nobody anything", async () => {
    const before = inn.server.rss();
    const halves = await Promise.all(Array.from({ length: 200 }, () => inn.dial()));
    for (const half of halves) half.write(Buffer.from([0, 0x10, 0, 0, 0x7b]));
    const other = await inn.dial();
    await other.roundTrip();
    expect(inn.server.rss() - before).toBeLessThan(50 * MIB); // Not 200 times what was announced.
  });
});

/** A length, and bytes that are no text. */
function lengthAnd(body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

describe("who does not read", () => {
  const inn = house({ MESSAGES_PER_SECOND_MAX: 0 });

  it("is closed in time; the others hear everything, and what it missed waits for it", {
    timeout: 60_000,
  }, async () => {
    const ana = await inn.signIn("ana");
    const [ben, sam] = [await inn.signIn("ben"), await inn.signIn("sam")];
    await ana.get("CREATE_ROOM", { room_id: "hall", room_nickname: "Hall", room_access: 0 });
    for (const guest of [ben, sam]) await guest.get("ENTER_ROOM", { room_id: "hall" });
    sam.pause();
    // Each is six times as long on the wire: the kernel alone holds megabytes for who does not read.
    const long = "é".repeat(4_000);
    let said = 0;
    while ((await inn.server.metric("roundhouse_slow_closes_total")) === 0) {
      for (let n = 0; n < 50; n++) {
        await ana.get("SEND_ROOM_MESSAGE", { room_id: "hall", message: `${said++} ${long}` });
      }
    }
    const texts = (client: ScrpClient): readonly string[] => {
      return client
        .pushes("NEW_ROOM_MESSAGE")
        .map(({ message }) => String(message).split(" ")[0] ?? "");
    };
    await ben.until(() => texts(ben).length === said || undefined, "every word");
    expect(texts(ben)).toEqual(Array.from({ length: said }, (_, n) => `${n}`));
    expect(await inn.server.refusals("reader_too_slow")).toBe(1);
    sam.resume();
    await sam.end();
    const got = texts(sam).length;
    expect(texts(sam)).toEqual(Array.from({ length: got }, (_, n) => `${n}`)); // A prefix.
  });
});

describe("who says nothing", () => {
  const inn = house({ IDENTIFY_MS: 1_000, CONNECTIONS_PER_ADDRESS_MAX: 0 });

  it("is sent away, a thousand at once, and nobody else notices", { timeout: 60_000 }, async () => {
    const ana = await inn.signIn("ana");
    const idle = await Promise.all(Array.from({ length: 1_000 }, () => inn.dial()));
    await Promise.all(idle.map((client) => client.end(20_000)));
    await polled(
      () => inn.server.metric("roundhouse_connections"),
      (connections) => connections === 1,
    );
    await ana.get("CHANGE_USER_NICKNAME", { user_nickname: "Ana" });
  });
});

describe("who says too much", () => {
  const inn = house({ MESSAGES_PER_SECOND_MAX: 20 });

  it.each([
    { what: "small requests", method: "GET_TIME", fields: {}, served: 38 },
    // Each costs twenty more than itself.
    { what: "searches", method: "SEARCH_USER", fields: { keyword: "a" }, served: 2 },
  ])("is answered each of its $what by its number", async ({ method, fields, served }) => {
    const client = await inn.signIn(method.toLowerCase().slice(0, 16));
    const before = client.heard.length;
    const numbers = Array.from({ length: 60 }, (_, n) => 100 + n);
    client.write(Buffer.concat(numbers.map((n) => request(n, method, fields))));
    await heard(client, before + numbers.length);
    const answered = client.heard.slice(before);
    const ids = answered.map(({ resp_id }) => Number(resp_id));
    expect(ids.sort((a, b) => a - b)).toEqual(numbers);
    const of = (err: number) => answered.filter((it) => it["err"] === err).length;
    expect(of(900) + of(999)).toBe(numbers.length);
    expect(of(900)).toBeGreaterThanOrEqual(served);
    expect(of(900)).toBeLessThan(numbers.length - 10);
    expect(client.isEnded).toBe(false);
  });

  it("is told 999, then closed; others are not", async () => {
    const [wild, calm] = [await inn.dial(), await inn.dial()];
    let number = 0;
    while (!wild.isEnded && number < 100_000) {
      for (let n = 0; n < 100; n++) wild.write(request(++number, "GET_TIME"));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(wild.isEnded).toBe(true);
    // Each up to the end by its number, and the end by none.
    const answered = wild.heard.map(({ resp_id }) => resp_id);
    expect(answered).toEqual([...answered.slice(0, -1).map((_, n) => n + 1), 0]);
    expect(answered.length).toBeGreaterThan(140);
    expect(wild.heard.at(-1)).toMatchObject({ resp_id: 0, err: 999 });
    await calm.roundTrip();
  });
});
