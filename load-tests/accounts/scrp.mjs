// A client of SCRP as small as one can be: 4-byte length, JSON, answers by their number.
import { connect } from "node:net";

export function openScrp(port, host = "127.0.0.1") {
  const socket = connect({ port, host });
  socket.setNoDelay(true);
  const waiting = new Map();
  const pushes = [];
  let rest = Buffer.alloc(0);
  let requests = 0;
  socket.on("data", (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32BE(0);
      if (rest.length < end) break;
      const said = JSON.parse(rest.toString("utf8", 4, end));
      rest = rest.subarray(end);
      if (said.resp_id === undefined) pushes.push(said);
      else {
        waiting.get(said.resp_id)?.(said);
        waiting.delete(said.resp_id);
      }
    }
  });
  const opened = new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  return {
    opened,
    pushes,
    socket,
    ask(method, fields = {}) {
      const req_id = ++requests;
      socket.write(frame({ req_id, method, ...fields }));
      return new Promise((resolve) => waiting.set(req_id, resolve));
    },
    /** As `ask`, for what must succeed. */
    async get(method, fields) {
      const answer = await this.ask(method, fields);
      if (answer.err !== 900) throw new Error(`${method}: ${JSON.stringify(answer)}`);
      return answer;
    },
    close: () => socket.end(),
  };
}

export function frame(message) {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

export const password = "correct horse";
export const nameOf = (number) => `user_${number}`;

/** Signs up and logs in; whoever has the account already just logs in. */
export async function enter(port, user) {
  const client = openScrp(port);
  await client.opened;
  const account = { user_id: user, user_password: password };
  const signed = await client.ask("SIGN_UP", { ...account, user_nickname: user });
  if (signed.err !== 900 && signed.err !== 400) throw new Error(JSON.stringify(signed));
  await client.get("LOG_IN", account);
  return client;
}
