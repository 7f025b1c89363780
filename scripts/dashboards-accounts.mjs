// Accounts and SCRP: who is registered, whether people get in, and what waits for those who are away.
import {
  increase,
  orZero,
  perSecondBy,
  quantiles,
  scoped,
  sum,
  sumBy,
  totalBy,
} from "./dashboards-ask.mjs";
import { board, graph, stat } from "./dashboards-board.mjs";

const DAY_SECONDS = 86_400;

const known = {
  title: "Who is known?",
  panels: [
    [
      stat({
        title: "Accounts",
        says: "Registered names of all shards, in memory or not.",
        unit: "short",
        ask: [sum("roundhouse_accounts", "accounts")],
      }),
      stat({
        title: "Online",
        says: "Accounts with an open session, on any protocol.",
        unit: "short",
        ask: [sum("roundhouse_accounts_online", "online")],
      }),
      stat({
        title: "Created rooms",
        says: "Rooms with an owner that last, in memory or not.",
        unit: "short",
        ask: [sum("roundhouse_rooms_created", "rooms")],
      }),
      stat({
        title: "SCRP connections",
        says: "Over TCP, with TLS or without.",
        unit: "short",
        ask: [sum('roundhouse_connections{protocol="scrp"}', "connections")],
      }),
      stat({
        title: "Certificate",
        says: "Days until SCRP's certificate ends; 0 when there is none.",
        unit: "d",
        ask: [
          orZero({
            expr: `(min(${scoped("roundhouse_certificate_ends_timestamp_seconds")} > 0) - time()) / ${DAY_SECONDS}`,
            legend: "left",
          }),
        ],
        steps: { 0: "red", 14: "green" },
      }),
    ],
  ],
};

const doors = {
  title: "Do people get in?",
  panels: [
    [
      graph({
        title: "What took a password",
        says: "Log-ins, sign-ups, entries by password and so on, by outcome: done, or the code of the refusal.",
        unit: "ops",
        ask: [orZero(perSecondBy("errand, outcome", "roundhouse_errands_total"))],
      }),
      graph({
        title: "Time of a password",
        says: "What who asked waited for: the queue, and argon2id itself.",
        unit: "s",
        ask: quantiles("roundhouse_password_seconds", { by: "what" }),
        steps: { 2: "orange" },
      }),
      graph({
        title: "Passwords waiting",
        says: "Waiting or worked on, by node; beyond PASSWORDS_WAITING_MAX passwords_busy is the answer.",
        unit: "short",
        ask: [sumBy("node", "roundhouse_passwords_waiting")],
      }),
      graph({
        title: "Turned away",
        says: "Passwords refused (full: too many waited; address: too many of one address did), threads that crashed, TLS handshakes that failed.",
        unit: "short",
        ask: [
          {
            expr: totalBy("cause", "increase(roundhouse_passwords_busy_total[$__rate_interval])"),
            legend: "busy: {{cause}}",
          },
          increase("roundhouse_password_crashes_total", "crashed"),
          increase("roundhouse_tls_handshakes_failed_total", "handshakes"),
        ],
        steps: { 1: "orange" },
      }),
    ],
  ],
};

const KINDS =
  "askFriend|answerFriend|removeFriend|whisper|create|enter|answerEntry|removeMember|bar|setAdmin|adjust|say|mail|describe|profile";

const life = {
  title: "What do they do?",
  panels: [
    [
      graph({
        title: "Friends, rooms and words",
        says: "What accounts ask their shards, by kind.",
        unit: "ops",
        ask: [orZero(perSecondBy("kind", `roundhouse_commands_total{kind=~"${KINDS}"}`))],
      }),
      graph({
        title: "Mail",
        says: "Notices kept for who was away, and those of them dropped because a mailbox was full.",
        unit: "ops",
        ask: [perSecondBy("what", "roundhouse_mail_total")],
      }),
      graph({
        title: "Refused by shards",
        says: "By code: password_wrong and attempts_exceeded are somebody who guesses.",
        unit: "ops",
        ask: [orZero(perSecondBy("code", "roundhouse_refusals_total"))],
      }),
      graph({
        title: "New certificates",
        says: "Changes of the files while nodes ran: taken over, or no good.",
        unit: "short",
        ask: [sumBy("outcome", "roundhouse_certificate_changes_total")],
      }),
    ],
  ],
};

export const accounts = board({
  uid: "roundhouse-accounts",
  title: "Accounts and SCRP",
  says: "Who is registered, whether people get in, and what waits for those who are away.",
  rows: [known, doors, life],
});
