/** What a gateway shows of itself: every metric's name, meaning and source. */
import type { Gateway } from "@roundhouse/gateway";
import { counter, counterBy, gauge, gaugeBy, type Metric } from "./metrics.ts";

export function gatewayMetrics({ gateway }: { readonly gateway: Gateway }): readonly Metric[] {
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
    counter("roundhouse_publishes_total", "Frames given to a topic.", () => stats.publishes),
    counter(
      "roundhouse_slow_closes_total",
      "Connections closed because they did not read.",
      () => stats.slowCloses,
    ),
    counterBy(
      "roundhouse_gateway_refusals_total",
      "What the gateway refused, ignored or told its clients was refused, by code.",
      "code",
      () => stats.refusals,
    ),
  ];
}
