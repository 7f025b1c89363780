/** While rooms talk, everybody's connection breaks at once, again and again: all resume, nothing is missed. */
import { inCrowd } from "./crowd.ts";
import { passed } from "./pace.ts";
import { readSettings } from "./settings.ts";
import { actionsAtLeast, optionsOf } from "./thresholds.ts";

export { handleSummary } from "./summary.ts";

const settings = readSettings({ clients: 200 });
const STORM_EVERY_MS = 5_000;
const storms = Math.max(1, Math.floor(settings.durationMs / STORM_EVERY_MS));
const said = Math.max(1, Math.floor(actionsAtLeast(settings) / 2));

export const options = optionsOf("reconnect_storm", settings, {
  atLeast: { resumed: settings.clients * storms, said, own_back: Math.ceil(said / 2), heard: said },
  p99Ms: { back_ms: 5_000, connect_ms: 5_000 },
});

export function run(): Promise<void> {
  return inCrowd(settings, async (crowd) => {
    await crowd.enter();
    crowd.watchNeighbours(5);
    await crowd.sitInRooms();
    await Promise.all([crowd.talk(storms * STORM_EVERY_MS), storm()]);

    async function storm(): Promise<void> {
      for (let count = 0; count < storms; count++) {
        await passed(STORM_EVERY_MS / 2);
        // Cut off, or over another way while the server still holds the one before.
        for (const client of crowd.clients) {
          if (count % 2 === 0) client.drop();
          else client.move();
        }
        await passed(STORM_EVERY_MS / 2);
      }
    }
  });
}
