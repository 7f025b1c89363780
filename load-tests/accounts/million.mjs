// node load-tests/accounts/million.mjs [--accounts 1000000] [--log-ins 50]
//
// Very many accounts in LMDB: how long the start takes, and a log-in, beside a data folder with one
// account. The records are written as the server writes them, all with one password.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openPasswords } from "../../packages/accounts/dist/index.js";
import { shardOf } from "../../packages/kernel/dist/index.js";
import { lmdbStore } from "../../packages/ledger/dist/index.js";
import { openHouse, percentile } from "./house.mjs";
import { openScrp, password } from "./scrp.mjs";

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "1000000" },
    "log-ins": { type: "string", default: "50" },
  },
});
const [accounts, logIns] = [values.accounts, values["log-ins"]].map(Number);
const SHARDS = 64;
const AT_ONCE = 20_000;
const folders = new Map();

const log = { say: () => {} };
const passwords = openPasswords({ threads: 1, waitingMax: 10, perAddressMax: 0, log });
const awake = setInterval(() => {}, 1_000); // Its threads keep no process alive.
const hash = await new Promise((resolve) =>
  passwords.hash({ password, from: undefined }, ({ value }) => resolve(value)),
);
await passwords.close();
clearInterval(awake);

console.log("| accounts | ready after ms | log-in p50 ms | p90 ms | resident MB |");
console.log("|---:|---:|---:|---:|---:|");
for (const count of [1, accounts, 1, accounts]) await measure(count);

async function measure(count) {
  const folder = await made(count);
  const house = await openHouse({ folder, env: { RECORDS_MAX: "10000000" } });
  const times = [];
  const client = openScrp(house.ports.scrp);
  await client.opened;
  await logIn(client, 0); // The threads start with the first.
  for (let turn = 0; turn < logIns; turn++) {
    const begun = performance.now();
    await logIn(client, Math.floor((turn * count) / logIns));
    times.push(performance.now() - begun);
  }
  const row = [count, house.readyMs, percentile(times, 0.5), percentile(times, 0.9)];
  const figures = row.map((it) => (it >= 100 ? it.toFixed(0) : it.toFixed(1)));
  console.log(`| ${figures.join(" | ")} | ${house.residentMb().toFixed(0)} |`);
  client.close();
  await house.close({ keep: true });
}

async function logIn(client, number) {
  await client.get("LOG_IN", { user_id: nameOf(number), user_password: password });
  await client.get("LOG_OUT");
}

/** Made once for each count. */
async function made(count) {
  const known = folders.get(count);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "roundhouse-million-"));
  folders.set(count, folder);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const store = lmdbStore(join(folder, "embedded"));
  await store.write(new Map([["meta/shards", SHARDS]]));
  const perShard = new Array(SHARDS).fill(0);
  for (let first = 0; first < count; first += AT_ONCE) {
    const changes = new Map();
    for (let number = first; number < Math.min(count, first + AT_ONCE); number++) {
      const name = nameOf(number);
      const shard = shardOf(name, SHARDS);
      perShard[shard]++;
      changes.set(`${shard}/account/${name}`, accountOf(number));
    }
    await store.write(changes);
  }
  const numbers = perShard.map((own, shard) => {
    return [`${shard}/shard`, { reserved: accounts, accounts: own, rooms: 0 }];
  });
  await store.write(new Map(numbers));
  await store.close();
  if (!existsSync(folder)) throw new Error("nothing was written");
  return folder;
}

function accountOf(number) {
  return {
    born: number + 1,
    since: Date.now(),
    proof: { hash, turn: 0 },
    nickname: `Somebody ${number}`,
    description: "",
    friends: [],
    requests: [],
    rooms: [],
    isBanned: false,
  };
}

function nameOf(number) {
  return `user_${number}`;
}
