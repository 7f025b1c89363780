/** Rooms of ten who speak at a steady rate and watch each other: the ordinary evening. */
import { inCrowd } from "./crowd.ts";
import { readSettings } from "./settings.ts";
import { actionsAtLeast, optionsOf } from "./thresholds.ts";

export { handleSummary } from "./summary.ts";

const settings = readSettings({ clients: 200 });
const said = actionsAtLeast(settings);

export const options = optionsOf("rooms", settings, {
  atLeast: { said, own_back: said, heard: said * 2, presence_checked: settings.clients },
  p99Ms: { answer_ms: 250, delivery_ms: 250, presence_ms: 1_000, connect_ms: 5_000 },
});

export function run(): Promise<void> {
  return inCrowd(settings, async (crowd) => {
    await crowd.enter();
    crowd.watchNeighbours(5);
    await crowd.sitInRooms();
    await crowd.talk(settings.durationMs);
  });
}
