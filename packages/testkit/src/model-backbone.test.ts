import { describeBackbone, SHARDS } from "@roundhouse/ledger/backbone-contract";
import { ModelBackbone } from "./model-backbone.ts";
import { VirtualTime } from "./virtual-time.ts";

const open = async () => {
  const time = new VirtualTime();
  const backbone = new ModelBackbone({ shards: SHARDS, clock: time, defer: time.defer });
  return {
    backbone,
    turn: () => time.settle(),
    settle: async () => time.settle(),
    passes: async (ms: number) => time.pass(ms),
    close: async () => {},
  };
};

describeBackbone("model", open, open);
