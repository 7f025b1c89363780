/** Where players come in: WebSocket and page on one port, SCRP on its own, and once more with TLS. */
import { pageFolder } from "@roundhouse/console";
import {
  type Gateway,
  openSockets,
  openStreams,
  readPages,
  type Sockets,
  type Streams,
} from "@roundhouse/gateway";
import { type Log, systemClock } from "@roundhouse/kernel";
import { type Certificate, type CertificateStats, openCertificate } from "./certificate.ts";
import { type ListenPlace, listenFailure } from "./node.ts";
import type { Topology } from "./parts.ts";
import type { Settings } from "./settings.ts";

export type Doors = {
  readonly httpPort: number;
  readonly scrpPort: number;
  /** 0 without a certificate. */
  readonly scrpTlsPort: number;
  /** Takes no more connections; those that are open stay. */
  stopListening(): void;
  /** Ends everything at once. */
  close(): void;
};

export type Within = {
  readonly gateway: Gateway;
  readonly topology: Topology;
  readonly log: Log;
  readonly certificates: CertificateStats;
  readonly every: (run: () => void, periodMs: number) => () => void;
};

/** Listens for players. Rejects with a `StartFailure` when it cannot, and then listens nowhere. */
export async function openDoors(settings: Settings, within: Within): Promise<Doors> {
  const opened: Pick<Sockets, "stopListening" | "close">[] = [];
  const ends: (() => void)[] = [];
  const keep = <Door extends Pick<Sockets, "stopListening" | "close">>(door: Door): Door => {
    opened.push(door);
    return door;
  };
  const stopListening = (): void => {
    for (const door of opened) door.stopListening();
  };
  const close = (): void => {
    for (const end of ends) end();
    for (const door of opened) door.close();
  };
  try {
    const { port: httpPort } = keep(await openWebSockets(settings, within));
    const { port: scrpPort } = keep(await openScrp(settings, within, undefined));
    if (settings.tlsCertFile === "") {
      return { httpPort, scrpPort, scrpTlsPort: 0, stopListening, close };
    }
    let tls: Streams | undefined;
    const { every, log, certificates: stats } = within;
    const renewed = (certificate: Certificate): void => void tls?.renew(certificate);
    const reading = openCertificate(settings, { every, log, stats, renewed });
    ends.push(reading.close);
    tls = keep(await openScrp(settings, within, reading.certificate));
    return { httpPort, scrpPort, scrpTlsPort: tls.port, stopListening, close };
  } catch (cause) {
    stopListening();
    close();
    throw cause;
  }
}

function openWebSockets(settings: Settings, { gateway, topology }: Within): Promise<Sockets> {
  const { host, httpPort: port } = settings;
  const opening = openSockets({
    gateway,
    clock: systemClock,
    host,
    port,
    allowedOrigins: settings.allowedOrigins,
    trustForwardedFor: settings.trustForwardedFor,
    messageBytesMax: settings.messageBytesMax,
    silenceSeconds: settings.silenceSeconds,
    backlogHardBytes: settings.backlogHardBytes,
    pages: readPages(pageFolder),
    topology,
  });
  return listening(opening, { host, port, setting: "HTTP_PORT" });
}

function openScrp(
  settings: Settings,
  { gateway, log }: Within,
  tls: Certificate | undefined,
): Promise<Streams> {
  const { host, silenceSeconds } = settings;
  const port = tls === undefined ? settings.scrpPort : settings.scrpTlsPort;
  const voice = gateway.voices.find(({ protocol }) => protocol.carrier.over === "stream");
  if (voice === undefined) throw new Error("no protocol is carried by streams");
  const common = { gateway, voice, clock: systemClock, log, host, port, silenceSeconds };
  const opening = openStreams(tls === undefined ? common : { ...common, tls });
  return listening(opening, {
    host,
    port,
    setting: tls === undefined ? "SCRP_PORT" : "SCRP_TLS_PORT",
  });
}

async function listening<Door>(opening: Promise<Door>, place: ListenPlace): Promise<Door> {
  try {
    return await opening;
  } catch (cause) {
    throw listenFailure(cause, place);
  }
}
