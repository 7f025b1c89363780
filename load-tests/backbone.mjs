// node load-tests/backbone.mjs [--batch 100] [--bytes 80] [--senders 4] [--seconds 5] [--aof yes]
//
// What one shard carries on one Redis, with nothing of ours but the backbone: one process appends
// batches and hears frames, another one owns the shard and commits what it hears, with history and one
// frame. Each sender has one batch on its way. Prints actions/s, times from append to frame, and the
// processor time of each part for an action.
import { fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { silentLog, systemChance, systemClock } from "../packages/kernel/dist/index.js";
import { openRedisBackbone } from "../packages/ledger/dist/index.js";

const OWNER = "0123456789abcdef";
const GATE = "fedcba9876543210";
const own = fileURLToPath(import.meta.url);
const asked = parseArgs({
  options: {
    batch: { type: "string", default: "100" },
    bytes: { type: "string", default: "80" },
    senders: { type: "string", default: "4" },
    seconds: { type: "string", default: "5" },
    aof: { type: "string", default: "yes" },
    owner: { type: "string", default: "" }, // The second process: where its Redis is.
  },
}).values;

/** @param {string} url */
const open = (url) =>
  openRedisBackbone({
    url,
    shards: 1,
    clock: systemClock,
    chance: systemChance,
    log: silentLog,
    defer: setImmediate,
    later: setTimeout,
  });

if (asked.owner === "") await measure();
else await runOwner(asked.owner);

/** Owns shard 0: what was heard while a commit was on its way is the next commit. */
async function runOwner(url) {
  const backbone = await open(url);
  let position = "0-0";
  let waiting = [];
  let commit = 0;
  let isBusy = false;
  let isDeferred = false;
  const turn = () => {
    isDeferred = false;
    if (isBusy || waiting.length === 0) return;
    isBusy = true;
    const bytes = Buffer.concat(waiting.map((entry) => entry.bytes));
    const to = waiting.at(-1).id;
    waiting = [];
    commit++;
    const none = new Map();
    const work = { live: none, kept: none, outbox: none, history: bytes };
    const notes = new Map([[`to:${GATE}`, String(commit)]]);
    const frames = [{ to: GATE, bytes }];
    const place = { owner: OWNER, epoch: 1, from: position, to, commit };
    const historyFrom = Math.max(0, commit - 64);
    const whole = { ...place, ...work, notes, historyFrom, frames };
    const send = () => {
      backbone.commit(0, whole, (answer) => {
        if (!answer.known) return setTimeout(send, 20); // As an owner does.
        if (answer.value.at !== "done") throw new Error(JSON.stringify(answer));
        position = to;
        isBusy = false;
        wake();
      });
    };
    send();
  };
  const wake = () => {
    if (isDeferred) return;
    isDeferred = true;
    setImmediate(turn);
  };
  backbone.listen(OWNER, (heard) => {
    if (heard.on === "interrupted") {
      backbone.assign(0, { epoch: 0, next: OWNER }, () => process.send?.({ isReady: true }));
    }
    if (heard.on !== "entry") return;
    waiting.push(heard.entry);
    if (!isBusy) wake();
  });
  process.on("message", () => {
    process.send?.({ cpu: process.cpuUsage(), commits: commit });
  });
}

async function measure() {
  const [batch, size] = [Number(asked.batch), Number(asked.bytes)];
  const folder = mkdtempSync(join(tmpdir(), "roundhouse-backbone-"));
  const port = await freePort();
  const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  const redis = spawn("redis-server", [...place, "--appendonly", asked.aof], { stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  const owner = fork(own, ["--owner", url]);
  process.on("exit", () => {
    owner.kill("SIGKILL");
    redis.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  /** @returns {Promise<any>} */
  const told = () => new Promise((resolve) => owner.once("message", resolve));
  await told();
  const backbone = await open(url);
  await new Promise((resolve) => {
    backbone.listen(GATE, ({ on, bytes }) => {
      if (on === "interrupted") resolve(undefined);
      else if (on === "said") hear(bytes);
    });
  });

  const times = [];
  let heard = 0;
  let appends = 0;
  /** A batch begins with the moment at which it was sent. */
  const hear = (bytes) => {
    const now = performance.now();
    for (let at = 0; at < bytes.length; at += batch * size) {
      times.push(now - bytes.readDoubleBE(at));
      heard += batch;
    }
  };
  let isOver = false;
  const send = (sender, number) => {
    const bytes = Buffer.alloc(batch * size, 120);
    bytes.writeDoubleBE(performance.now(), 0);
    backbone.append(0, { sender, number, bytes, most: 65_536 }, (answer) => {
      const isTaken = answer.known && answer.value.at === "taken";
      if (isTaken) appends++;
      // As a gateway does: what its clients say during a turn is one batch.
      if (!isOver) setImmediate(() => send(sender, isTaken ? number + 1 : number));
    });
  };
  for (let index = 0; index < Number(asked.senders); index++) send(`sender:${index}`, 1);

  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const look = async () => {
    owner.send("how far?");
    const { cpu, commits } = await told();
    const mine = process.cpuUsage();
    const server = await redisCpu(port);
    const at = performance.now();
    return {
      at,
      heard,
      appends,
      commits,
      server,
      owner: cpu.user + cpu.system,
      mine: mine.user + mine.system,
    };
  };
  const before = await look();
  times.length = 0;
  await new Promise((resolve) => setTimeout(resolve, Number(asked.seconds) * 1_000));
  const after = await look();
  isOver = true;
  times.sort((one, other) => one - other);
  const actions = after.heard - before.heard;
  const seconds = (after.at - before.at) / 1_000;
  const quantile = (share) => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  const each = (name) => ((after[name] - before[name]) / actions).toFixed(3);
  const rate = (count) => Math.round(count / seconds).toLocaleString("en");
  console.log(
    `${asked.senders} senders, batches of ${batch} × ${size} bytes, AOF ${asked.aof}, ${seconds.toFixed(1)} s\n` +
      `actions/s ${rate(actions)} · appends/s ${rate(after.appends - before.appends)} · ` +
      `commits/s ${rate(after.commits - before.commits)}\n` +
      `append to frame: p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms\n` +
      `CPU µs an action: Redis ${each("server")}, owner ${each("owner")}, sender ${each("mine")}`,
  );
  process.exit(0);
}

/** Microseconds of processor time, of its main thread. @param {number} port */
function redisCpu(port) {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write("INFO cpu\r\n"));
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      text += bytes;
      const value = (name) => Number(new RegExp(`${name}:([\\d.]+)`).exec(text)?.[1]) * 1e6;
      if (!text.includes("used_cpu_user_main_thread")) return;
      resolve(value("used_cpu_user_main_thread") + value("used_cpu_sys_main_thread"));
      socket.destroy();
    });
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : 0));
    });
  });
}
