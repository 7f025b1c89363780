/** Every alert once where it must fire, and once where it almost must: what promtool is asked. */

export type Case = {
  readonly alert: string;
  readonly when: string;
  /** Series by name and labels, a value each 15 s, in promtool's own notation. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  readonly fires: boolean;
};

/** Two minutes of good, then something else. */
const from = (good: number, then: string): string => `${good}x8 ${then}`;
const REBORN = 'roundhouse_rebirths_total{instance="a"}';
const OTHER_RULES = 'roundhouse_nodes_with_other_rules{instance="a"}';
const LOST = 'roundhouse_frame_repairs_total{instance="a", cause="hole"}';
const STALE = 'roundhouse_presence_staleness_seconds{instance="a"}';
const BURYING = 'roundhouse_nodes_dead{instance="a"}';
const SILENCE = 'roundhouse_shard_silence_seconds{instance="a"}';
const INBOX_AGE = 'roundhouse_inbox_age_seconds{instance="a"}';
const APPENDS_AGE = 'roundhouse_append_queue_age_seconds{instance="a"}';
const REFUSED = 'roundhouse_inbox_refused_total{instance="a"}';
const FENCED = 'roundhouse_commits_fenced_total{instance="a"}';
const TAKEN = 'roundhouse_take_overs_total{instance="a"}';
const DEAD = 'roundhouse_nodes_declared_dead_total{instance="a"}';
const UNKNOWN = 'roundhouse_redis_unknown_total{instance="a", step="commit"}';
const DEAF = 'roundhouse_redis_deaf_recycles_total{instance="a"}';
const SLOW = 'roundhouse_slow_closes_total{instance="a"}';
const ENDS = 'roundhouse_certificate_ends_timestamp_seconds{instance="a"}';

export const cases: readonly Case[] = [
  ...pair("RoundhouseTargetDown", {
    fires: { "a node stopped answering": { [up("compose")]: from(1, "0x40") } },
    silent: {
      "it answered once in between": { [up("compose")]: from(1, "0x2 1 0x2 1x40") },
      "somebody else's target is down": { 'up{job="node", instance="b"}': "0x60" },
    },
    at: "4m",
  }),
  {
    alert: "RoundhouseTargetDown",
    when: "the Prometheus Operator named the job",
    series: { [up("operator")]: "0x60" },
    at: "4m",
    fires: true,
  },
  ...pair("RoundhouseNoGateway", {
    fires: {
      "no gateway is ready": { ...install("x"), [gatewayReady("x")]: "0x60" },
      "there is no gateway at all": install("x"),
      "there is nothing at all": {},
      "no node answers": { 'up{job="x/roundhouse", namespace="x", instance="a"}': "0x60" },
      "one is ready in another namespace": {
        ...install("x"),
        [gatewayReady("x")]: "0x60",
        ...install("y"),
        [gatewayReady("y")]: "1x60",
      },
      "somewhere else it is one process": { ...install("x"), ...install("y", "embedded") },
    },
    silent: {
      "one of two is ready": {
        ...install("x"),
        [gatewayReady("x")]: "0x60",
        [gatewayReady("x", "b")]: "1x60",
      },
      "it is one process without gateways": install("x", "embedded"),
      "there is one in each namespace": {
        ...install("x"),
        [gatewayReady("x")]: "1x60",
        ...install("y"),
        [gatewayReady("y")]: "1x60",
      },
    },
    at: "3m",
  }),
  ...pair("RoundhouseGatewayNotReady", {
    fires: { "it is not ready": { [ready("gateway")]: from(1, "0x20") } },
    silent: {
      "it was for a moment": { [ready("gateway")]: from(1, "0 0 1x40") },
      "it is a shard node": { [ready("shard")]: "0x40" },
    },
    at: "4m",
  }),
  ...pair("RoundhouseShardNodeNotReady", {
    fires: { "it is not ready": { [ready("shard")]: from(1, "0x20") } },
    silent: { "it was for half a minute": { [ready("shard")]: from(1, "0x2 1x40") } },
    at: "4m",
  }),
  ...pair("RoundhouseEventLoopDelayed", {
    fires: { "it is late for minutes": { ...info(), [late("a")]: "0.3x40" } },
    silent: {
      "it is as late as its own clock is coarse": { ...info(), [late("a")]: "0.06x40" },
      "it is another Node's": { ...info(), [late("somebody else")]: "0.9x40" },
    },
    at: "4m",
  }),
  ...pair("RoundhouseLeaseDoubted", {
    fires: {
      "it stopped serving once": { 'roundhouse_lease_doubts_total{instance="a"}': "0x8 1x20" },
    },
    silent: { "it never did": { 'roundhouse_lease_doubts_total{instance="a"}': "1x40" } },
    at: "4m",
  }),
  ...pair("RoundhouseNodeReborn", {
    fires: { "it was once": { [REBORN]: "0x8 1x20" }, "it was again": { [REBORN]: "2x8 3x20" } },
    silent: {
      "it was long ago": { [REBORN]: "1x40" },
      "its process began anew": { [REBORN]: "1x8 0x20" },
    },
    at: "4m",
  }),
  ...pair("RoundhouseRulesDiffer", {
    fires: { "they have for longer than a rolling restart": { [OTHER_RULES]: "1x120" } },
    silent: { "they did for one": { [OTHER_RULES]: "1x40 0x80" } },
    at: "20m",
  }),
  ...pair("RoundhouseFilesNearlyUsedUp", {
    fires: { "few are left": { ...info(), ...files(19_000) } },
    silent: { "many are left": { ...info(), ...files(15_000) } },
    at: "3m",
  }),
  ...pair("RoundhousePromiseBroken", {
    fires: { "an inbox lost something": { [broken("no_loss")]: "0x8 1x20" } },
    silent: {
      "nothing is": { [broken("no_loss")]: "0x40" },
      "a digest differed, which is repaired": { [broken("presence_true")]: "0x8 1x20" },
    },
    at: "4m",
  }),
  ...pair("RoundhouseRepairs", {
    fires: { "a digest differed": { [repair("digest", "begun")]: "0x8 1x20" } },
    silent: { "none did": { [repair("digest", "begun")]: "3x40" } },
    at: "4m",
  }),
  ...pair("RoundhouseFramesLost", {
    fires: { "it goes on": { [LOST]: "0+4x80" } },
    silent: { "it was a burst": { [LOST]: "0x20 20x60" } },
    at: "15m",
  }),
  ...pair("RoundhousePresenceStale", {
    fires: { "nobody declares it dead": { [STALE]: "0 8 23 38 53 68" } },
    silent: { "it is declared dead in time": { [STALE]: "0 1 0x10" } },
    at: "1m",
  }),
  ...pair("RoundhouseDeadNotBuried", {
    fires: { "it is not for a minute": { [BURYING]: "0 1x10" } },
    silent: { "it is at once": { [BURYING]: "0 1 0x10" } },
    at: "1m30s",
  }),
  ...pair("RoundhouseShardSilent", {
    fires: { "two digests are missing": { [SILENCE]: "9 24 39 54" } },
    silent: { "each digest was heard": { [SILENCE]: "9 10 9 10" } },
    at: "45s",
  }),
  ...pair("RoundhouseInboxOld", {
    fires: { "it is every time one looks": { [INBOX_AGE]: "2x20" } },
    silent: { "it was during a take-over": { [INBOX_AGE]: "0 0 3 0x20" } },
    at: "3m",
  }),
  ...pair("RoundhouseAppendsWait", {
    fires: { "they do": { [APPENDS_AGE]: "0 3 18 33" } },
    silent: { "they did once": { [APPENDS_AGE]: "0 3 0 0" } },
    at: "45s",
  }),
  ...pair("RoundhouseCommandsRefused", {
    fires: { "it goes on": { [REFUSED]: "0+30x40" } },
    silent: { "a few were": { [REFUSED]: "0x4 10x40" } },
    at: "8m",
  }),
  ...pair("RoundhouseCommitsFenced", {
    fires: { "one was": { [FENCED]: "0x8 1x20" } },
    silent: { "none was": { [FENCED]: "2x40" } },
    at: "4m",
  }),
  ...pair("RoundhouseTakeOver", {
    fires: { "a node died": { [TAKEN]: "64x8 85x20", [DEAD]: "0x8 1x20" } },
    silent: {
      "the cluster has just begun": { [TAKEN]: "0x2 64x40", [DEAD]: "0x40" },
      "a gateway died": { [TAKEN]: "64x40", [DEAD]: "0x8 1x40" },
    },
    at: "4m",
  }),
  ...pair("RoundhouseHandOversSlow", {
    fires: { "both halves take long": { ...moves("hand_over", 1), ...moves("shard_opening", 1) } },
    silent: {
      "both are short": { ...moves("hand_over", 0.1), ...moves("shard_opening", 0.1) },
      "nothing moves": { ...moves("hand_over", 1, "0x60"), ...moves("shard_opening", 1, "0x60") },
    },
    at: "8m",
  }),
  ...pair("RoundhouseMailDropped", {
    fires: { "some was": { [mail("dropped")]: "0x8 5x20" } },
    silent: { "it was kept": { [mail("kept")]: "0+5x40", [mail("dropped")]: "0x40" } },
    at: "4m",
  }),
  ...pair("RoundhouseStoreFailing", {
    fires: {
      "a write was refused": { 'roundhouse_store_failures_total{instance="a"}': "0x4 1x20" },
    },
    silent: { "none was": { 'roundhouse_store_failures_total{instance="a"}': "0x40" } },
    at: "3m",
  }),
  ...pair("RoundhouseRedisUnsound", {
    fires: { "it does not answer": { 'roundhouse_redis_sound{instance="a"}': "1x3 0x10" } },
    silent: { "it did not for a moment": { 'roundhouse_redis_sound{instance="a"}': "1x3 0 1x10" } },
    at: "1m30s",
  }),
  ...pair("RoundhouseRedisSlow", {
    fires: { "it takes long for minutes": redis(0.25) },
    silent: { "it is quick": redis(0.01) },
    at: "12m",
  }),
  ...pair("RoundhouseRedisAnswersLost", {
    fires: { "it goes on": { [UNKNOWN]: "0+3x60" } },
    silent: { "it was one restart": { [UNKNOWN]: "0x4 5x60" } },
    at: "10m",
  }),
  ...pair("RoundhouseRedisFull", {
    fires: {
      "it refused an append": { 'roundhouse_redis_out_of_memory_total{instance="a"}': "0x4 1x20" },
    },
    silent: {
      "it did an hour ago": { 'roundhouse_redis_out_of_memory_total{instance="a"}': "9x40" },
    },
    at: "3m",
  }),
  ...pair("RoundhouseRedisDeaf", {
    fires: { "it is again and again": { [DEAF]: "0x4 1x4 2x4 3x4 4x4" } },
    silent: { "it was once": { [DEAF]: "0x4 1x30" } },
    at: "5m",
  }),
  ...pair("RoundhouseSlowReaders", {
    fires: { "many of few": { ...connections(200), [SLOW]: "0x4 40x30" } },
    silent: {
      "a few of many": { ...connections(10_000), [SLOW]: "0x4 40x30" },
      "one of three": { ...connections(3), [SLOW]: "0x4 1x30" },
    },
    at: "4m",
  }),
  ...pair("RoundhousePasswordsWait", {
    fires: { "most wait for seconds": passwords(10) },
    silent: { "they wait for a moment": passwords(0.25) },
    at: "8m",
  }),
  ...pair("RoundhousePasswordsBusy", {
    fires: {
      "the line was full": { [busy("full")]: "0x4 1x20", [busy("address")]: "0x40" },
    },
    silent: {
      "nobody was turned away": { [busy("full")]: "0x40", [busy("address")]: "0x40" },
      "one address asked too much": { [busy("full")]: "0x40", [busy("address")]: "0+50x40" },
    },
    at: "3m",
  }),
  ...pair("RoundhousePasswordsCrash", {
    fires: { "one did": { 'roundhouse_password_crashes_total{instance="a"}': "0x4 1x20" } },
    silent: { "none did": { 'roundhouse_password_crashes_total{instance="a"}': "0x40" } },
    at: "3m",
  }),
  ...pair("RoundhouseCertificateEnds", {
    // Time begins at 0 in promtool, so this is the certificate's age, too.
    fires: { "it does in thirteen days": { [ENDS]: `${13 * 86_400}x80` } },
    silent: {
      "it does in fifteen": { [ENDS]: `${15 * 86_400}x80` },
      "there is none": { [ENDS]: "0x80" },
    },
    at: "15m",
  }),
  ...pair("RoundhouseCertificateRefused", {
    fires: { "the new one is no good": { [certificate("refused")]: "0x4 1x20" } },
    silent: {
      "it was renewed": { [certificate("renewed")]: "0x4 1x20", [certificate("refused")]: "0x40" },
    },
    at: "3m",
  }),
];

type Pair = {
  readonly fires: Readonly<Record<string, Case["series"]>>;
  readonly silent: Readonly<Record<string, Case["series"]>>;
  readonly at: string;
};

function pair(alert: string, { fires, silent, at }: Pair): readonly Case[] {
  const rows = (all: Pair["fires"], isFiring: boolean) =>
    Object.entries(all).map(([when, series]) => ({ alert, when, series, at, fires: isFiring }));
  return [...rows(fires, true), ...rows(silent, false)];
}

function up(by: "compose" | "operator"): string {
  const job = by === "compose" ? "roundhouse" : "roundhouse/roundhouse";
  return `up{job="${job}", instance="a"}`;
}

function ready(role: "gateway" | "shard", instance = "a"): string {
  return `roundhouse_ready{role="${role}", instance="${instance}"}`;
}

/** What is scraped of a node there, besides whether it is ready. */
function install(namespace: string, mode = "gateway"): Case["series"] {
  const of = `namespace="${namespace}", instance="${namespace}-a"`;
  return {
    [`up{job="${namespace}/roundhouse", ${of}}`]: "1x60",
    [`roundhouse_info{mode="${mode}", ${of}}`]: "1x60",
  };
}

function gatewayReady(namespace: string, instance = "a"): string {
  return `roundhouse_ready{role="gateway", namespace="${namespace}", instance="${namespace}-${instance}"}`;
}

function info(): Case["series"] {
  return { 'roundhouse_info{instance="a", node="gateway-1", mode="gateway"}': "1x40" };
}

function late(instance: string): string {
  return `nodejs_eventloop_lag_p99_seconds{instance="${instance}"}`;
}

function files(open: number): Case["series"] {
  const of = '{instance="a"}';
  return { [`process_open_fds${of}`]: `${open}x40`, [`process_max_fds${of}`]: "20000x40" };
}

function broken(invariant: string): string {
  return `roundhouse_invariant_violations_total{instance="a", invariant="${invariant}"}`;
}

function repair(cause: string, what: string): string {
  return `roundhouse_repairs_total{instance="a", cause="${cause}", what="${what}"}`;
}

function mail(what: string): string {
  return `roundhouse_mail_total{instance="a", what="${what}"}`;
}

function busy(cause: "full" | "address"): string {
  return `roundhouse_passwords_busy_total{instance="a", cause="${cause}"}`;
}

function certificate(outcome: string): string {
  return `roundhouse_certificate_changes_total{instance="a", outcome="${outcome}"}`;
}

function connections(count: number): Case["series"] {
  const of = (protocol: string) => `roundhouse_connections{instance="a", protocol="${protocol}"}`;
  return { [of("turntable")]: `${count}x40`, [of("scrp")]: "0x40" };
}

/** A histogram of which every value lies right below one bound. */
function values(name: string, labels: string, { le, counts = "0+10x80" }: Values): Case["series"] {
  const bounds = [0.01, 0.05, 0.1, 0.25, 1, 10];
  const buckets = bounds.map((bound) => {
    return [`${name}_bucket{${labels}, le="${bound}"}`, bound < le ? "0x80" : counts] as const;
  });
  return Object.fromEntries([...buckets, [`${name}_bucket{${labels}, le="+Inf"}`, counts]]);
}

type Values = { readonly le: number; readonly counts?: string };

function moves(what: "hand_over" | "shard_opening", le: number, counts?: string): Case["series"] {
  const given = counts === undefined ? { le } : { le, counts };
  return values(`roundhouse_${what}_seconds`, 'instance="a"', given);
}

function redis(le: number): Case["series"] {
  return values("roundhouse_redis_seconds", 'instance="a", step="commit"', { le });
}

function passwords(le: number): Case["series"] {
  return values("roundhouse_password_seconds", 'instance="a", what="check"', { le });
}
