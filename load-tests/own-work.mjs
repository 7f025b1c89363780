// node load-tests/own-work.mjs: what one game action costs in our own code, without sockets: W1's
// rooms in one process, real gateway, ledger, shards and protocol, a publish that goes nowhere.
import { Gateway } from "../packages/gateway/dist/index.js";
import { silentLog, systemClock } from "../packages/kernel/dist/index.js";
import { EmbeddedLedger, memoryStore } from "../packages/ledger/dist/index.js";
import { turntable } from "../packages/protocol-turntable/dist/index.js";
import { boundsOf, limitsOf, rulesOf } from "../packages/roundhouse/dist/parts.js";
import { settings } from "../packages/roundhouse/dist/settings.js";
import { ShardRunner } from "../packages/shard/dist/index.js";

const CONNECTIONS = 1_000;
const ROOM_SIZE = 10;
const parsed = settings.parse(
  { MESSAGES_PER_SECOND_MAX: "0", CONNECTIONS_PER_ADDRESS_MAX: "0" },
  [],
);
if (!parsed.ok) throw new Error(parsed.problems.join(" "));
const { config } = parsed;
const { shards } = config;

let deferred = [];
const turn = () => {
  const due = deferred;
  deferred = [];
  for (const run of due) run();
};
const ledger = new EmbeddedLedger({
  shards,
  store: memoryStore(),
  clock: systemClock,
  log: silentLog,
  inboxMax: config.inboxCommandsMax,
  defer: (run) => deferred.push(run),
  later: () => {},
});
for (let shard = 0; shard < shards; shard++) {
  new ShardRunner({ shard, shards, rules: rulesOf(config), ledger });
}
const gateway = new Gateway({
  id: "own-work",
  shards,
  bus: ledger,
  protocols: [turntable(boundsOf(config))],
  identity: { isDemanded: false, prove: () => {} },
  limits: limitsOf(config, Number.MAX_SAFE_INTEGER),
  clock: systemClock,
  log: silentLog,
});
gateway.outlet.connect({
  publish: (_, frame) => Buffer.from(frame).length > 0,
  numSubscribers: () => 0,
});

const socket = {
  send: () => 1,
  subscribe: () => true,
  unsubscribe: () => true,
  getBufferedAmount: () => 0,
  end: () => {},
};
const players = Array.from({ length: CONNECTIONS }, (_, index) => {
  const address = gateway.door.enter("127.0.0.1", 0);
  const connection = gateway.admit(gateway.voices[0], address.value);
  connection.socket = socket;
  gateway.opened(connection);
  const room = `r${Math.floor(index / ROOM_SIZE)}`;
  gateway.message(connection, `{"command":"idme","data":"u${index}"}`);
  gateway.message(connection, `{"command":"joingame","data":{"channel":"${room}"}}`);
  const data = { t: "a", k: "move", x: 104, y: 208, at: "@123456789012", q: 10 };
  const actions = [{ timestamp: 0, data }];
  const text = JSON.stringify({ command: "game", data: { channel: room, actions } });
  return { connection, bytes: new TextEncoder().encode(text).buffer };
});
turn();

for (const perTurn of [CONNECTIONS, 1]) {
  const rounds = perTurn === 1 ? 100 : 400;
  act(perTurn, 60); // Until it is compiled.
  const before = process.cpuUsage();
  act(perTurn, rounds);
  const { user, system } = process.cpuUsage(before);
  const us = ((user + system) / rounds / CONNECTIONS).toFixed(2);
  process.stdout.write(`${perTurn} actions a turn: ${us} us of CPU an action\n`);
}

function act(perTurn, rounds) {
  for (let round = 0; round < rounds; round++) {
    for (const [index, { connection, bytes }] of players.entries()) {
      gateway.message(connection, Buffer.from(bytes).toString("utf8"));
      if (index % perTurn === perTurn - 1) turn();
    }
  }
}
