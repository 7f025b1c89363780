// node load-tests/accounts/storm.mjs [--clients 1000] [--rooms 10] [--rate 500] [--cores 0]
//
// What a log-in storm does to games: 10 in each room, actions at a fixed rate, and their latency from
// sender to the other members; first in peace, then while all clients log in at once, then in peace again.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { inTurn, openHouse, percentile, sleep } from "./house.mjs";
import { nameOf, openScrp, password } from "./scrp.mjs";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "1000" },
    rooms: { type: "string", default: "10" },
    rate: { type: "string", default: "500" },
    cores: { type: "string", default: "0" },
    peace: { type: "string", default: "10" },
  },
});
const clients = Number(values.clients);

const house = await openHouse({ cores: values.cores });
const { scrp: port, http } = house.ports;
console.log(`signing up ${clients} ...`);
await inTurn(clients, 50, async (number) => {
  const client = openScrp(port);
  await client.opened;
  await client.get("SIGN_UP", {
    user_id: nameOf(number),
    user_password: password,
    user_nickname: "somebody",
  });
  client.close();
});

const game = spawn(
  "taskset",
  [
    "-c",
    "1",
    process.execPath,
    `${import.meta.dirname}/game.mjs`,
    String(http),
    values.rooms,
    values.rate,
  ],
  { stdio: ["ignore", "pipe", "inherit"] },
);
process.on("exit", () => game.kill("SIGKILL"));
const latencies = [];
let line = "";
game.stdout.on("data", (chunk) => {
  line += chunk;
  const lines = line.split("\n");
  line = lines.pop();
  const at = performance.now();
  for (const ms of lines) latencies.push({ at, ms: Number(ms) });
});
await sleep(4_000);

const phases = [];
const phase = async (title, run) => {
  const begun = performance.now();
  const note = await run();
  const ended = performance.now();
  const values = latencies.filter(({ at }) => at >= begun && at < ended).map(({ ms }) => ms);
  phases.push({ title, seconds: (ended - begun) / 1_000, values, note });
};
const peace = () => sleep(Number(values.peace) * 1_000).then(() => "");
await phase("peace", peace);
await phase("storm", storm);
await phase("peace again", peace);
game.kill("SIGKILL");

console.log("| phase | seconds | actions heard | p50 ms | p99 ms | p99.9 ms | |");
console.log("|---|---:|---:|---:|---:|---:|---|");
for (const { title, seconds, values: heard, note } of phases) {
  const part = (share) => percentile(heard, share).toFixed(2);
  const figures = [seconds.toFixed(1), heard.length, part(0.5), part(0.99), part(0.999)];
  console.log(`| ${[title, ...figures, note].join(" | ")} |`);
}
await house.close();

/** Everybody at once; done when each was answered. */
async function storm() {
  const people = Array.from({ length: clients }, () => openScrp(port));
  await Promise.all(people.map((it) => it.opened));
  const begun = performance.now();
  const before = house.cpuSeconds();
  const answers = await Promise.all(
    people.map((it, number) => {
      return it.ask("LOG_IN", { user_id: nameOf(number), user_password: password });
    }),
  );
  const seconds = (performance.now() - begun) / 1_000;
  const after = house.cpuSeconds();
  const right = answers.filter(({ err }) => err === 900).length;
  for (const it of people) it.close();
  const main = ((after.main - before.main) / seconds).toFixed(2);
  const all = ((after.all - before.all) / seconds).toFixed(2);
  return `${right} of ${clients} logged in, ${(right / seconds).toFixed(0)}/s; main thread ${main}, all ${all} of a core`;
}
