/** What a node shows of the passwords that it hashes and checks. */
import type { PasswordQueue } from "@roundhouse/accounts";
import { counter, counterBy, gauge, histogramBy, type Metric } from "./metrics.ts";

export function passwordMetrics(passwords: PasswordQueue): readonly Metric[] {
  const { stats } = passwords;
  return [
    gauge("roundhouse_passwords_waiting", "Passwords that wait, or are worked on.", () => {
      return passwords.waiting;
    }),
    histogramBy(
      "roundhouse_password_seconds",
      "How long whoever asked waited for a password, by what was asked: to hash it, or to check it.",
      stats.hashes.bounds,
      {
        label: "what",
        read: () => [
          ["hash", stats.hashes],
          ["check", stats.checks],
        ],
      },
    ),
    counterBy(
      "roundhouse_passwords_busy_total",
      "Passwords refused: the line was full, or too many of one address stood in it.",
      "cause",
      () => Object.entries(stats.busy),
    ),
    counter(
      "roundhouse_passwords_given_up_total",
      "Passwords whose asker left, or waited too long: out of the line.",
      () => stats.givenUp,
    ),
    counter("roundhouse_password_crashes_total", "Threads for passwords that crashed.", () => {
      return stats.crashes;
    }),
  ];
}
