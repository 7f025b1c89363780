/** A client of SCRP that writes down everything it hears, in frames or in lines. */
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { Conditions } from "../condition.ts";

export type Message = Readonly<Record<string, unknown>>;
export type Answer = Message & { readonly err: number };
export type Fields = Readonly<Record<string, unknown>>;

export type ScrpOptions = {
  readonly speaks?: "frames" | "lines";
  /** The address of this side: all of 127.0.0.0/8 is this machine. */
  readonly from?: string;
};

/** A message as the document wants it: four bytes of length, the most significant first. */
export function framed(message: object | string): Buffer {
  const body = Buffer.from(typeof message === "string" ? message : JSON.stringify(message));
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

export class ScrpClient {
  /** Answers and pushes in their order. */
  readonly heard: Message[] = [];
  /** The other side will say no more. */
  isEnded = false;
  /** How much came, whole messages or not. */
  received = 0;
  readonly #socket: Duplex;
  readonly #speaks: "frames" | "lines";
  readonly #conditions = new Conditions();
  readonly #answers = new Map<unknown, Answer>();
  /** By method: what `push` has already answered with lies before it. */
  readonly #next = new Map<string, number>();
  #skipped = 0;
  #rest: Buffer = Buffer.alloc(0);
  #requests = 0;

  constructor(socket: Duplex, speaks: "frames" | "lines" = "frames") {
    this.#socket = socket;
    this.#speaks = speaks;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", () => {}); // A reset is an end as well: what arrived before it counts.
    const ended = (): void => {
      this.isEnded = true;
      this.#conditions.changed();
    };
    socket.on("end", ended).on("close", ended);
  }

  static open(port: number, { speaks = "frames", from }: ScrpOptions = {}): Promise<ScrpClient> {
    return new Promise((resolve, reject) => {
      const localAddress = from ?? "127.0.0.1";
      const socket = connect({ host: "127.0.0.1", port, localAddress, noDelay: true });
      socket.once("connect", () => resolve(new ScrpClient(socket, speaks)));
      socket.once("error", reject);
    });
  }

  write(bytes: string | Buffer): void {
    this.#socket.write(bytes);
  }

  /** Asks, and answers with the request's number. */
  say(method: string, fields: Fields = {}): number {
    const request = { req_id: ++this.#requests, method, ...fields };
    this.write(this.#speaks === "lines" ? `${JSON.stringify(request)}\n` : framed(request));
    return request.req_id;
  }

  /** What was answered; undefined when the connection ended before that. */
  asked(method: string, fields: Fields = {}): Promise<Answer | undefined> {
    const request = this.say(method, fields);
    const look = (): { readonly answer: Answer | undefined } | undefined => {
      const answer = this.#answers.get(request);
      return answer !== undefined || this.isEnded ? { answer } : undefined;
    };
    return this.until(look, `the answer to ${method}`, ASKED_MS).then(({ answer }) => answer);
  }

  async ask(method: string, fields: Fields = {}): Promise<Answer> {
    const answer = await this.asked(method, fields);
    if (answer === undefined)
      throw new Error(`The connection ended before ${method} was answered.`);
    return answer;
  }

  /** The same, for what must succeed. */
  async get(method: string, fields: Fields = {}): Promise<Answer> {
    const answer = await this.ask(method, fields);
    if (answer.err !== SUCCESS) {
      throw new Error(`${method} ${JSON.stringify(fields)}: ${JSON.stringify(answer)}`);
    }
    return answer;
  }

  /** The next push of this method; those of it that are not meant are passed over. */
  push(
    method: string,
    isMeant: (push: Message) => boolean = () => true,
    patienceMs?: number,
  ): Promise<Message> {
    return this.until(
      () => {
        const from = Math.max(this.#skipped, this.#next.get(method) ?? 0);
        const index = this.heard.findIndex((it, at) => {
          return at >= from && it["method"] === method && isMeant(it);
        });
        if (index >= 0) this.#next.set(method, index + 1);
        return this.heard[index];
      },
      `a push ${method}`,
      patienceMs,
    );
  }

  /** From now on `push` waits for what comes now. */
  skip(): void {
    this.#skipped = this.heard.length;
  }

  /** All pushes heard, or those of one method. */
  pushes(method?: string): readonly Message[] {
    return this.heard.filter((it) => {
      return "push_id" in it && (method === undefined || it["method"] === method);
    });
  }

  /** Whatever has come was caused by what was said before this: asks, and waits for the answer. */
  async roundTrip(): Promise<void> {
    await this.get("GET_TIME");
  }

  until<Value>(look: () => Value | undefined, what: string, patienceMs?: number): Promise<Value> {
    const why = (): string => {
      const last = this.heard.slice(-20).map((it) => JSON.stringify(it).slice(0, 300));
      return `${what}; the last messages heard were\n${last.join("\n")}${this.isEnded ? "\nended" : ""}`;
    };
    return this.#conditions.until(look, why, patienceMs);
  }

  /** Resolves once the other side has ended the connection. */
  end(patienceMs?: number): Promise<true> {
    return this.until(() => this.isEnded || undefined, "the end of the connection", patienceMs);
  }

  /** Says that it will say no more, and waits for the end. */
  async leave(): Promise<void> {
    this.#socket.end();
    await this.end();
  }

  /** Says that it will say no more; what is owed may still come. */
  finish(): void {
    this.#socket.end();
  }

  /** The connection breaks. */
  drop(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #take(chunk: Buffer): void {
    this.received += chunk.length;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let message = this.#cut(); message !== undefined; message = this.#cut()) {
      const said = JSON.parse(message) as Message;
      this.heard.push(said);
      if ("resp_id" in said) this.#answers.set(said["resp_id"], said as Answer);
    }
    this.#conditions.changed();
  }

  /** The next whole message, cut off what has come. */
  #cut(): string | undefined {
    const isFramed = this.#speaks === "frames";
    if (isFramed && this.#rest.length < HEADER_BYTES) return undefined;
    const from = isFramed ? HEADER_BYTES : 0;
    const end = isFramed ? from + this.#rest.readUInt32BE(0) : this.#rest.indexOf(NEWLINE);
    if (end < 0 || end > this.#rest.length) return undefined;
    const message = this.#rest.toString("utf8", from, end);
    this.#rest = this.#rest.subarray(isFramed ? end : end + 1);
    return message;
  }
}

const PASSWORD = "correct horse";

/** What names an account: everybody's password is the same. */
export const account = (user: string, password = PASSWORD): Fields => {
  return { user_id: user, user_password: password };
};

/** Signs up and logs in. */
export async function signIn(
  port: number,
  user: string,
  options?: ScrpOptions,
): Promise<ScrpClient> {
  const client = await ScrpClient.open(port, options);
  await client.get("SIGN_UP", { ...account(user), user_nickname: user });
  await client.get("LOG_IN", account(user));
  return client;
}

/** Logs in; the account is there. */
export async function logIn(
  port: number,
  user: string,
  options?: ScrpOptions,
): Promise<ScrpClient> {
  const client = await ScrpClient.open(port, options);
  await client.get("LOG_IN", account(user));
  return client;
}

/** One asks, the other approves; both are logged in. */
export async function befriend(
  [asker, askerName]: readonly [ScrpClient, string],
  [asked, askedName]: readonly [ScrpClient, string],
): Promise<void> {
  await asker.get("ADD_FRIEND", { subject_user_id: askedName, verification_message: "hello" });
  const { request_id } = await asked.push(
    "NEW_FRIEND_REQUEST",
    (it) => it["user_id"] === askerName,
  );
  await asked.get("APPROVE_REQUEST", { request_id });
  await asker.push("REQUEST_APPROVED", (it) => it["request_id"] === request_id);
}

const SUCCESS = 900;
const HEADER_BYTES = 4;
const NEWLINE = 0x0a;
/** Design, section 9: everything is served again 10 s after the last fault. */
const ASKED_MS = 12_000;
