/** One room with everybody in it, all crowds together: what one says, all must hear, in one order. */
import { inCrowd } from "./crowd.ts";
import { readSettings } from "./settings.ts";
import { optionsOf } from "./thresholds.ts";

export { handleSummary } from "./summary.ts";

const settings = readSettings({ clients: 300, rate: 10 });
const { clients, durationMs, rate, vus } = settings;
const said = Math.max(1, Math.floor((rate * durationMs) / 1_000 / 2));

export const options = optionsOf("big_room", settings, {
  atLeast: { said, own_back: said, heard: said * Math.max(1, Math.floor(clients / 2)) },
  p99Ms: { answer_ms: 500, delivery_ms: 500, connect_ms: 5_000 },
});

export function run(): Promise<void> {
  return inCrowd(settings, async (crowd) => {
    await crowd.enter();
    await crowd.sit(() => `${settings.run} big room`, "shared");
    await crowd.talk(durationMs, rate / vus);
  });
}
