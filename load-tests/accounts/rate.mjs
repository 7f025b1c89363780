// node load-tests/accounts/rate.mjs [--seconds 5] [--clients 50] [--outstanding 16]
//
// How many SCRP requests that touch no password one core answers, embedded: closed loop, the server on
// core 0, this process on core 1. Each kind alone, then all in turn.
import { parseArgs } from "node:util";
import { openHouse, sleep } from "./house.mjs";
import { enter, frame, nameOf } from "./scrp.mjs";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    clients: { type: "string", default: "50" },
    outstanding: { type: "string", default: "16" },
  },
});
const [seconds, clients, outstanding] = [values.seconds, values.clients, values.outstanding].map(
  Number,
);

const house = await openHouse();
const people = [];
for (let number = 0; number < clients; number++) {
  people.push(await enter(house.ports.scrp, nameOf(number)));
}
// Pairs are friends, and each pair has a room of its own.
for (let number = 0; number < clients; number += 2) {
  const [one, other] = [people[number], people[number + 1]];
  await one.get("ADD_FRIEND", { subject_user_id: nameOf(number + 1), verification_message: "" });
  while (other.pushes.length === 0) await sleep(5);
  await other.get("APPROVE_REQUEST", { request_id: other.pushes[0].request_id });
  const room = { room_id: `room_${number}`, room_nickname: "a room", room_access: 0 };
  await one.get("CREATE_ROOM", room);
  await other.get("ENTER_ROOM", { room_id: `room_${number}` });
}

const kinds = {
  GET_TIME: () => ({}),
  GET_ROOM_ACCESS_TYPE: (number) => ({ room_id: `room_${number & ~1}` }),
  GET_USER_LAST_ACTIVITY_TIME: (number) => ({ user_id: nameOf(number ^ 1) }),
  SEND_PRIVATE_MESSAGE: (number) => ({ user_id: nameOf(number ^ 1), message: "hello there" }),
  SEND_ROOM_MESSAGE: (number) => ({ room_id: `room_${number & ~1}`, message: "hello there" }),
};

console.log("| requests | a second | pushes a second | server CPU, of one core | refused |");
console.log("|---|---:|---:|---:|---:|");
for (const method of Object.keys(kinds)) await measure(method, [method]);
await measure("all in turn", Object.keys(kinds));
for (const person of people) person.close();
await house.close();

async function measure(title, methods) {
  const count = { answers: 0, pushes: 0, refused: 0 };
  let running = true;
  const stop = people.map((person, number) => {
    const requests = methods.map((method) => {
      return frame({ req_id: 1, method, ...kinds[method](number) });
    });
    let turn = number;
    const speak = () => person.socket.write(requests[turn++ % requests.length]);
    person.socket.removeAllListeners("data");
    let rest = Buffer.alloc(0);
    person.socket.on("data", (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      let answers = 0;
      while (rest.length - at >= 4) {
        const size = rest.readUInt32BE(at);
        if (rest.length - at < 4 + size) break;
        // `{"resp_id"` or `{"push_id"`.
        if (rest[at + 6] === 0x72) {
          answers++;
          if (rest.indexOf('"err":900', at) === -1) count.refused++;
        } else count.pushes++;
        at += 4 + size;
      }
      rest = rest.subarray(at);
      count.answers += answers;
      if (!running || answers === 0) return;
      person.socket.cork();
      for (let times = 0; times < answers; times++) speak();
      person.socket.uncork();
    });
    for (let times = 0; times < outstanding; times++) speak();
    return () => rest;
  });
  await sleep(1_500); // Warm.
  const begun = { ...count, cpu: house.cpuSeconds().all, at: performance.now() };
  await sleep(seconds * 1_000);
  const passed = (performance.now() - begun.at) / 1_000;
  const cpu = (house.cpuSeconds().all - begun.cpu) / passed;
  const per = (name) => Math.round((count[name] - begun[name]) / passed);
  running = false;
  await sleep(500);
  const row = [title, per("answers"), per("pushes"), cpu.toFixed(2), count.refused, stop.length];
  console.log(`| ${row.slice(0, 5).join(" | ")} |`);
}
