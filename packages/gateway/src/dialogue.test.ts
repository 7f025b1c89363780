import { scene } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";

describe("what is said while a name is checked", () => {
  it("is done in its order, also what stands behind something that is refused", () => {
    const lobby = scene({ limits: { subscriptionsMax: 1 } });
    const ana = lobby.connect("ana");
    ana.wasTold();
    lobby.atOnce(() => {
      ana.identifies();
      ana.watches("ben", "dan");
      ana.joins("pit");
      ana.acts("pit", 1);
    });
    expect(ana.wasTold()).toEqual(["error subscriptions_limit", 'pit 2 ana {"data":1}']);
  });
});
