// node load-tests/accounts/memory.mjs [--accounts 10000] [--active 1000]
//
// What idle accounts cost: resident memory with so many people connected, once as guests of a server
// that has no account, once with a token as some of very many accounts; then logged in over SCRP, where
// two threads for passwords come on top.
import { parseArgs } from "node:util";
import { WebSocket } from "ws";
import { openTokens } from "../../packages/accounts/dist/index.js";
import { inTurn, openHouse, sleep } from "./house.mjs";
import { nameOf, openScrp, password } from "./scrp.mjs";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "10000" },
    active: { type: "string", default: "1000" },
  },
});
const [accounts, active] = [values.accounts, values.active].map(Number);

const secret = "a secret of this benchmark, long enough";
const tokens = openTokens({ secret, clock: { now: Date.now, precise: () => performance.now() } });
const figures = [];
const note = (title, house) => figures.push([title, house.residentMb().toFixed(1)]);

const guests = await openHouse();
note("just started, no account", guests);
const strangers = await connectAll(guests, (number) => `guest_${number}`);
note(`${active} guests`, guests);
await closeAll(strangers);
await guests.close();
const bearers = await openHouse({ env: { JWT_SECRET: secret } });
const trusted = await connectAll(bearers, tokenOf);
note(`${active} guests with a token`, bearers);
await closeAll(trusted);
await bearers.close();

let house = await openHouse();
const begun = performance.now();
await inTurn(accounts, 50, async (number) => {
  const client = openScrp(house.ports.scrp);
  await client.opened;
  await client.get("SIGN_UP", {
    user_id: nameOf(number),
    user_password: password,
    user_nickname: "somebody",
  });
  client.close();
});
const rate = accounts / ((performance.now() - begun) / 1_000);
console.log(`${accounts} sign-ups, ${rate.toFixed(0)}/s`);
await sleep(3_000);
note(`after ${accounts} sign-ups, nobody connected`, house);
await house.close({ keep: true });

house = await openHouse({ folder: house.data, env: { JWT_SECRET: secret } });
note(`${accounts} accounts, started anew`, house);
const known = await connectAll(house, tokenOf);
note(`${active} of them over turntable, with a token`, house);
await closeAll(known);
await house.close({ keep: true });

house = await openHouse({ folder: house.data });
const people = await Promise.all(
  Array.from({ length: active }, async (_, number) => {
    const client = openScrp(house.ports.scrp);
    await client.opened;
    await client.get("LOG_IN", { user_id: nameOf(number), user_password: password });
    return client;
  }),
);
await sleep(3_000);
note(`${active} of them logged in over SCRP`, house);
for (const client of people) client.close();
await sleep(3_000);
note("all of them gone again", house);
await house.close();

console.log("| | resident MB |\n|---|---:|");
for (const row of figures) console.log(`| ${row.join(" | ")} |`);

function tokenOf(number) {
  const id = nameOf(number);
  const issued = tokens.issue(id, 3_600);
  if (!issued.ok) throw new Error(issued.code);
  return { id, token: issued.value };
}

async function connectAll({ ports }, name) {
  const sockets = await Promise.all(
    Array.from({ length: active }, (_, number) => {
      const socket = new WebSocket(`ws://127.0.0.1:${ports.http}`, "turntable");
      return new Promise((resolve) => {
        socket.on("open", () => {
          socket.send(JSON.stringify({ command: "idme", data: name(number) }));
          resolve(socket);
        });
      });
    }),
  );
  await sleep(3_000);
  return sockets;
}

async function closeAll(sockets) {
  for (const socket of sockets) socket.close();
  await sleep(500);
}
