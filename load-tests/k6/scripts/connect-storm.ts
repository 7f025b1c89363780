/** Everybody comes at once, is seen, says goodbye, and comes again. */
import { inCrowd } from "./crowd.ts";
import { now, passed } from "./pace.ts";
import { readSettings } from "./settings.ts";
import { optionsOf } from "./thresholds.ts";

export { handleSummary } from "./summary.ts";

const settings = readSettings({ clients: 300 });

export const options = optionsOf("connect_storm", settings, {
  atLeast: { clients: settings.clients * 2, presence_checked: settings.clients },
  p99Ms: { connect_ms: 5_000, presence_ms: 2_000 },
});

export function run(): Promise<void> {
  return inCrowd(settings, async (crowd) => {
    const until = now() + settings.durationMs;
    crowd.watchNeighbours(3);
    await crowd.enter("at once");
    do {
      await crowd.settle();
      crowd.leave();
      await passed(BREATH_MS);
      await crowd.enter("at once");
    } while (now() < until);
  });
}

/** So that the goodbye is heard before the next coming. */
const BREATH_MS = 1_000;
