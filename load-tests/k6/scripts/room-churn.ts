/** Rooms talk while members leave and sit down again: who stays hears every number of it. */
import { inCrowd } from "./crowd.ts";
import { readSettings } from "./settings.ts";
import { actionsAtLeast, optionsOf } from "./thresholds.ts";

export { handleSummary } from "./summary.ts";

const settings = readSettings({ clients: 200 });
const said = actionsAtLeast(settings);
/** How many get up in a second, of all. */
const CHURN_PER_SECOND = 20;

export const options = optionsOf("room_churn", settings, {
  atLeast: { said, own_back: said, heard: said * 2, presence_checked: settings.clients },
  p99Ms: { answer_ms: 250, delivery_ms: 250, presence_ms: 1_000, connect_ms: 5_000 },
});

export function run(): Promise<void> {
  return inCrowd(settings, async (crowd) => {
    await crowd.enter();
    crowd.watchNeighbours(5);
    await crowd.sitInRooms();
    await Promise.all([
      crowd.talk(settings.durationMs),
      crowd.each(CHURN_PER_SECOND / settings.vus, settings.durationMs, (client) => client.getUp()),
    ]);
  });
}
