/** A bit of everything at once: talk, members who get up, connections that break, goodbyes. */
import { inCrowd } from "./crowd.ts";
import { readSettings } from "./settings.ts";
import { actionsAtLeast, optionsOf } from "./thresholds.ts";

export { handleSummary } from "./summary.ts";

const settings = readSettings({ clients: 200 });
const { clients, durationMs, vus } = settings;
const said = Math.max(1, Math.floor(actionsAtLeast(settings) / 2));
/** In a second, of all. */
const DROPS = 4;
const CHURN = 8;
const drops = Math.max(1, Math.floor((DROPS * durationMs) / 1_000 / 4));

export const options = optionsOf("mixed_day", settings, {
  atLeast: { said, own_back: said, heard: said * 2, presence_checked: clients, resumed: drops },
  p99Ms: { answer_ms: 500, delivery_ms: 500, presence_ms: 1_000, back_ms: 5_000 },
});

export function run(): Promise<void> {
  return inCrowd(settings, async (crowd) => {
    await crowd.enter();
    crowd.watchNeighbours(10);
    await crowd.sitInRooms();
    await Promise.all([
      crowd.talk(durationMs),
      crowd.each(DROPS / vus, durationMs, (client) => {
        if (client.isPresent && client.isQuiet) client.drop();
      }),
      crowd.each(CHURN / vus, durationMs, (client) => client.getUp()),
    ]);
  });
}
