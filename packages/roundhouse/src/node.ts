/** What the command knows of a node that runs in its process, however it is composed. */
import { createServer } from "node:net";

/** What a signal ends, however far it has come. */
export interface Stoppable {
  /** Drains, flushes, closes. Idempotent: further calls wait for the first. */
  stop(reason: string): Promise<void>;
}

export interface RunningNode extends Stoppable {
  /** The ports in fact listened on; they differ from the settings where those say 0. A shard node
   * listens for no players: 0. */
  readonly httpPort: number;
  readonly scrpPort: number;
  /** 0 without a certificate. */
  readonly scrpTlsPort: number;
  readonly adminPort: number;
}

/** A node that answers its operators already, and serves as soon as it can. */
export interface StartingNode extends Stoppable {
  /** Resolves when it serves; rejects with a `StartFailure` when it never will. */
  readonly up: Promise<RunningNode>;
}

/** A start that cannot succeed for a reason the operator can change. Each problem is a sentence. */
export class StartFailure extends Error {
  readonly problems: readonly string[];
  /** Where listening failed for a reason that was not told: `examined` finds it out. */
  readonly unclear: ListenPlace | undefined;

  constructor(problems: readonly string[], unclear?: ListenPlace) {
    super(problems.join(" "));
    this.name = "StartFailure";
    this.problems = problems;
    this.unclear = unclear;
  }
}

/** A failure to listen, in words that name the port and the setting to change. */
export function listenFailure(cause: unknown, place: ListenPlace): StartFailure {
  const { host, port, setting } = place;
  const code = codeOf(cause);
  const where = `${setting}=${port}`;
  switch (code) {
    case "EADDRINUSE":
      return new StartFailure([
        `Port ${port} is in use by another program: stop that one, or set ${where} to another port.`,
      ]);
    case "EACCES":
      return new StartFailure([
        `This user may not listen on port ${port}: set ${setting} to a port above 1023.`,
      ]);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new StartFailure([
        `${host} is not an address of this machine: correct ${setting === "ADMIN_PORT" ? "ADMIN_HOST" : "HOST"}.`,
      ]);
    default:
      return new StartFailure(
        [`Cannot listen on ${host}, port ${port} (${where}): ${code}.`],
        place,
      );
  }
}

export type ListenPlace = {
  readonly host: string;
  readonly port: number;
  readonly setting: "HTTP_PORT" | "SCRP_PORT" | "SCRP_TLS_PORT" | "ADMIN_PORT";
};

/** uWebSockets.js only says that it cannot listen; Node's own listener, tried once, says why. */
export function examined(failure: StartFailure): Promise<StartFailure> {
  const { unclear } = failure;
  if (unclear === undefined) return Promise.resolve(failure);
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (cause) => resolve(listenFailure(cause, unclear)));
    server.listen({ host: unclear.host, port: unclear.port }, () => {
      server.close(() => resolve(failure));
    });
  });
}

function codeOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : String(cause);
}
