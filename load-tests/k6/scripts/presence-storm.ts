/** Everybody watches twenty others, and all the time some say goodbye and come again. */
import { inCrowd } from "./crowd.ts";
import { passed } from "./pace.ts";
import { readSettings } from "./settings.ts";
import { optionsOf } from "./thresholds.ts";

export { handleSummary } from "./summary.ts";

const settings = readSettings({ clients: 200, rate: 20 });
const { clients, durationMs, rate, vus } = settings;
/** Half of those who should come again. */
const comings = Math.max(1, Math.floor((rate * durationMs) / 1_000 / 2));

export const options = optionsOf("presence_storm", settings, {
  atLeast: { clients: clients + comings, presence_checked: clients * 20 + comings * 20 },
  p99Ms: { connect_ms: 5_000, presence_ms: 1_000 },
});

export function run(): Promise<void> {
  return inCrowd(settings, async (crowd) => {
    await crowd.enter();
    crowd.watchNeighbours(WATCHED);
    await crowd.each(rate / vus, durationMs, (client) => {
      if (!client.isPresent) return;
      client.depart();
      setTimeout(() => client.enter(), AWAY_MS);
    });
    await passed(AWAY_MS);
  });
}

const WATCHED = 20;
const AWAY_MS = 500;
