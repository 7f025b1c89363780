/** What a gateway shows of itself: every metric's name, meaning and source. */
import type { Gateway, GatewayStats } from "@roundhouse/gateway";
import type { CertificateStats } from "./certificate.ts";
import { counter, counterBy, counterByPair, gauge, gaugeBy, type Metric } from "./metrics.ts";

type Source = { readonly gateway: Gateway; readonly certificates: CertificateStats };

export function gatewayMetrics(source: Source): readonly Metric[] {
  return [...connectionMetrics(source), ...agreementMetrics(source), ...tlsMetrics(source)];
}

function connectionMetrics({ gateway }: Source): readonly Metric[] {
  const { stats, voices, door } = gateway;
  return [
    gaugeBy("roundhouse_connections", "Open connections by protocol.", "protocol", () =>
      voices.map(({ protocol, connections }) => [protocol.name, connections] as const),
    ),
    gauge("roundhouse_addresses", "Addresses that hold connections.", () => door.addresses),
    gauge("roundhouse_gateway_rooms", "Rooms with a member here.", () => gateway.halls),
    gauge("roundhouse_gateway_watched", "Users that somebody here watches.", () => gateway.watched),
    counter("roundhouse_connections_opened_total", "Connections opened.", () => stats.opened),
    counter("roundhouse_connections_closed_total", "Connections closed.", () => stats.closed),
    counter("roundhouse_messages_total", "Messages from clients.", () => stats.messages),
    counter(
      "roundhouse_message_characters_total",
      "Characters of text and bytes of binary messages from clients.",
      () => stats.messageBytes,
    ),
    counter(
      "roundhouse_deliveries_total",
      "Events handed to connections; one event to ten members is ten.",
      () => stats.deliveries,
    ),
    counter(
      "roundhouse_fan_out_characters_total",
      "Characters of text and bytes of binary frames handed to connections.",
      () => stats.fanOutBytes,
    ),
    counter("roundhouse_frames_handed_total", "Frames handed to connections.", () => {
      return stats.messagesOut;
    }),
    counter("roundhouse_publishes_total", "Frames given to a topic.", () => stats.publishes),
    counter(
      "roundhouse_slow_closes_total",
      "Connections closed because they did not read.",
      () => stats.slowCloses,
    ),
    counterByPair(
      "roundhouse_errands_total",
      "What took a password, by what was asked (logIn, signUp, enter …) and outcome: done, or why not.",
      ["errand", "outcome"],
      () => errands(stats),
    ),
    counterBy(
      "roundhouse_gateway_refusals_total",
      "What the gateway refused, ignored or told its clients was refused, by code.",
      "code",
      () => stats.refusals,
    ),
  ];
}

function tlsMetrics({ gateway, certificates }: Source): readonly Metric[] {
  return [
    counterBy(
      "roundhouse_certificate_changes_total",
      "Changes of the files of the certificate while the node ran, by outcome.",
      "outcome",
      () => [
        ["renewed", certificates.renewed],
        ["refused", certificates.refused],
      ],
    ),
    gauge(
      "roundhouse_certificate_ends_timestamp_seconds",
      "When the certificate ends, in seconds since 1970; 0 without one.",
      () => certificates.endsAt / 1_000,
    ),
    counter(
      "roundhouse_tls_handshakes_failed_total",
      "Connections with TLS that ended before they could say anything.",
      () => gateway.stats.handshakesFailed,
    ),
  ];
}

/** Whether this gateway and the shards know the same of each other. Without a fault no repair. */
function agreementMetrics({ gateway }: Source): readonly Metric[] {
  const { stats } = gateway;
  return [
    counter("roundhouse_digests_total", "Digests compared with what this gateway knows.", () => {
      return stats.digests;
    }),
    counterByPair(
      "roundhouse_repairs_total",
      "Shards asked how things stand (begun), and what was wrong, by cause: digests that differed, or " +
        "frames that were lost for good (missed).",
      ["cause", "what"],
      () => repairs(stats),
    ),
    counter("roundhouse_snapshots_total", "Answers to the question how things stand.", () => {
      return stats.snapshots;
    }),
    counter("roundhouse_parts_total", "Seats given up because their connection had gone.", () => {
      return stats.parts;
    }),
    gauge("roundhouse_stale_rooms", "Rooms that hear nothing until a repair is done.", () => {
      return gateway.staleHalls;
    }),
    gauge("roundhouse_departures_owed", "Departures that no inbox has taken yet.", () => {
      return gateway.owed;
    }),
    gauge(
      "roundhouse_shard_silence_seconds",
      "How long the quietest shard has not been heard; a digest every 10 s makes each speak.",
      () => Math.max(0, ...gateway.silences()) / 1000,
    ),
  ];
}

function* errands({ errands }: GatewayStats): Iterable<readonly [string, string, number]> {
  for (const [ended, count] of errands) {
    const [errand = "", outcome = ""] = ended.split(" ");
    yield [errand, outcome, count];
  }
}

function* repairs({ repairs }: GatewayStats): Iterable<readonly [string, string, number]> {
  for (const [cause, count] of Object.entries(repairs)) {
    for (const [what, times] of Object.entries(count)) yield [cause, what, Number(times)];
  }
}
