/** What every backbone promises; Redis and the model run this. */
import { afterEach, beforeEach, describe } from "vitest";
import { describeAgreement } from "./backbone-agreement.contract.ts";
import { describeEars, describeLeases } from "./backbone-cluster.contract.ts";
import { describeCommit, describeInbox, describeOwners } from "./backbone-shard.contract.ts";
import { type OpenedBackbone, SHARDS, Stage } from "./backbone-stage.contract.ts";

export { type OpenedBackbone, SHARDS };

/**
 * `open` gives an empty backbone of `SHARDS` shards, connected. With `openModel`, random steps are
 * compared: both must say the same.
 */
export function describeBackbone(
  name: string,
  open: () => Promise<OpenedBackbone>,
  openModel?: () => Promise<OpenedBackbone>,
): void {
  describe(`backbone: ${name}`, () => {
    const on = {} as { stage: Stage };
    beforeEach(async () => {
      on.stage = new Stage(await open());
    });
    afterEach(() => on.stage.opened.close());
    describeInbox(on);
    describeCommit(on);
    describeOwners(on);
    describeLeases(on);
    describeEars(on);
    describeAgreement(open, openModel);
  });
}
