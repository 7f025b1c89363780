/** What a run is told by its environment; everything has a default but the address. */

export type Settings = {
  /** Gateways, as ws://host:port; /topology is asked of the first. */
  readonly addresses: readonly string[];
  /** Whether clients go where /topology leads them; else they go to `addresses`, one after another. */
  readonly byTopology: boolean;
  readonly durationMs: number;
  readonly clients: number;
  readonly vus: number;
  readonly roomSize: number;
  /** How many come in a second, and then sit down, of all: storms do not keep to it. */
  readonly comings: number;
  /** How often somebody speaks in each room, in actions per second. */
  readonly rate: number;
  /** The same in the first room of each VU, where a short standstill is to be noticed. */
  readonly brisk: number;
  /** Which versions are spoken: every second client speaks 1 and the other 2, or all one of them. */
  readonly speaks: "both" | "1" | "2";
  /** How many k6 share the run, each with its part of the VUs and its own thresholds. */
  readonly runners: number;
  /** Multiplies every bound of time: machines that are busy otherwise say nothing of ours. */
  readonly patience: number;
  /** Begins the names of all users and rooms, so that two runs never meet. */
  readonly run: string;
  /** Whether sockets may be closed by the server: while gateways are restarted. */
  readonly mayClose: boolean;
  /** Whether each answer is written down, for a driver that knows what it did at that time. */
  readonly isTelling: boolean;
};

export type Defaults = {
  readonly clients: number;
  readonly duration?: string;
  readonly roomSize?: number;
  readonly rate?: number;
};

export function readSettings(defaults: Defaults): Settings {
  const clients = number("CLIENTS", defaults.clients);
  const rate = number("RATE", defaults.rate ?? 2);
  return {
    addresses: text("URL", "ws://127.0.0.1:8080").split(",").filter(Boolean),
    byTopology: text("BY_TOPOLOGY", "yes") === "yes",
    durationMs: duration(text("DURATION", defaults.duration ?? "30s")),
    clients,
    vus: Math.max(1, Math.min(clients, number("VUS", Math.ceil(clients / CLIENTS_PER_VU)))),
    roomSize: number("ROOM_SIZE", defaults.roomSize ?? 10),
    comings: number("COMINGS", 200),
    rate,
    brisk: number("BRISK", rate),
    speaks: text("SPEAKS", "both") as Settings["speaks"],
    runners: Math.max(1, number("RUNNERS", 1)),
    patience: number("PATIENCE", 1),
    run: text("RUN", "load"),
    mayClose: text("MAY_CLOSE", "no") === "yes",
    isTelling: text("TELL", "no") === "yes",
  };
}

function text(name: string, otherwise: string): string {
  return __ENV[`ROUNDHOUSE_${name}`] || otherwise;
}

function number(name: string, otherwise: number): number {
  const value = Number(text(name, String(otherwise)));
  if (!Number.isFinite(value) || value < 0) throw new Error(`ROUNDHOUSE_${name} is not a number.`);
  return value;
}

function duration(written: string): number {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(written);
  const ms = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[parts?.[2] ?? ""];
  if (ms === undefined) throw new Error("ROUNDHOUSE_DURATION is 30s, 5m or the like.");
  return Number(parts?.[1]) * ms;
}

/** A VU is a JavaScript engine of some MB; one can hold many connections. */
const CLIENTS_PER_VU = 50;
