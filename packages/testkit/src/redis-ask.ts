/** One command and its reply, without a client: for tests that talk to a Redis of their own. */
import { connect } from "node:net";

export type RedisReply = string | number | null | readonly RedisReply[];

/** Rejects with what Redis says when it refuses. */
export function askRedis(port: number, words: readonly string[]): Promise<RedisReply> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect({ port, host: "127.0.0.1" });
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.setEncoding("latin1"); // A length counts bytes: so a character is a byte.
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("Redis does not answer")));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("Redis closed the connection")));
    socket.on("connect", () => socket.write(`*${parts.length}\r\n${parts.join("")}`));
    socket.on("data", (text: string) => {
      said += text;
      const read = readReply(said, 0);
      if (read === undefined) return;
      if (read.value instanceof Error) reject(read.value);
      else resolve(read.value);
      socket.destroy();
    });
  });
}

type Read = { readonly value: RedisReply | Error; readonly end: number };

/** undefined: there is more to come. */
function readReply(text: string, start: number): Read | undefined {
  const lineEnd = text.indexOf("\r\n", start);
  if (lineEnd < 0) return undefined;
  const line = text.slice(start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (text[start]) {
    case "+":
      return { value: line, end };
    case "-":
      return { value: new Error(line), end };
    case ":":
      return { value: Number(line), end };
    case "$": {
      const size = Number(line);
      if (size < 0) return { value: null, end };
      if (text.length < end + size + 2) return undefined;
      const bytes = Buffer.from(text.slice(end, end + size), "latin1");
      return { value: bytes.toString("utf8"), end: end + size + 2 };
    }
    case "*":
      return readList(text, end, Number(line));
    default:
      return { value: new Error(`not a reply: ${text}`), end };
  }
}

function readList(text: string, start: number, count: number): Read | undefined {
  const items: RedisReply[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    const item = readReply(text, at);
    if (item === undefined) return undefined;
    items.push(item.value instanceof Error ? item.value.message : item.value);
    at = item.end;
  }
  return { value: count < 0 ? null : items, end: at };
}

const PATIENCE_MS = 2_000;
