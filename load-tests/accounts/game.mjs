// node game.mjs PORT ROOMS RATE: rooms of ten, turntable version 1; prints each latency in ms on a line.
import { WebSocket } from "ws";

const [port, rooms, rate] = process.argv.slice(2).map(Number);
const MEMBERS = 10;
const members = await Promise.all(
  Array.from({ length: rooms * MEMBERS }, (_, number) => join(number)),
);

let turn = 0;
let due = performance.now();
setInterval(() => {
  const now = performance.now();
  for (; due < now; due += 1_000 / rate) {
    const { socket, channel } = members[turn++ % members.length];
    const data = { at: performance.now(), pad: "p".repeat(24) };
    socket.send(JSON.stringify({ command: "game", data: { channel, actions: [{ data }] } }));
  }
}, 1);

let heard = [];
setInterval(() => {
  if (heard.length > 0) process.stdout.write(`${heard.join("\n")}\n`);
  heard = [];
}, 200);

function join(number) {
  const channel = `game-${Math.floor(number / MEMBERS)}`;
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, "turntable");
  const isListener = number % MEMBERS === 0; // One of each room measures.
  return new Promise((resolve) => {
    socket.on("open", () => {
      const data = { channel, self: `player-${number}` };
      socket.send(JSON.stringify({ command: "joingame", data }));
      resolve({ socket, channel });
    });
    socket.on("message", (frame) => {
      if (!isListener) return;
      const { command, data } = JSON.parse(frame);
      if (command !== "game") return;
      const now = performance.now();
      for (const action of data.actions) heard.push((now - action.data.at).toFixed(3));
    });
  });
}
