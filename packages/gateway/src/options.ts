/** What a gateway is given. */
import type { Command, Item } from "@roundhouse/domain";
import type { Clock, GatewayId, Log } from "@roundhouse/kernel";
import type { Bus } from "@roundhouse/ledger";
import type { AnyProtocol } from "@roundhouse/protocol";
import type { BacklogLimits } from "./backlog.ts";
import type { DialogueLimits } from "./dialogue.ts";
import type { Limits } from "./limits.ts";
import type { Identity } from "./naming.ts";
import type { Passwords } from "./passwords.ts";
import type { ProvingLimits } from "./proving.ts";
import type { ServerIdentity } from "./surveys.ts";

export type GatewayBus = Bus<Command, Item>;

export type GatewayOptions = {
  readonly id: GatewayId;
  /** K. */
  readonly shards: number;
  readonly bus: GatewayBus;
  readonly protocols: readonly AnyProtocol[];
  readonly identity: Identity;
  readonly passwords: Passwords;
  /** Given where protocols tell facts of the server: then their maxima are sampled. */
  readonly server?: ServerIdentity;
  readonly limits: Limits &
    BacklogLimits &
    DialogueLimits &
    ProvingLimits & { readonly messageBytesMax: number };
  readonly clock: Clock;
  readonly log: Log;
};
