/** What the command knows of a node that runs in its process, however it is composed. */

export interface RunningNode {
  /** The ports in fact listened on; they differ from the settings where those say 0. */
  readonly httpPort: number;
  readonly adminPort: number;
  /** Drains, flushes, closes. Idempotent: further calls wait for the first. */
  stop(reason: string): Promise<void>;
}

/** A start that cannot succeed for a reason the operator can change. Each problem is a sentence. */
export class StartFailure extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(" "));
    this.name = "StartFailure";
    this.problems = problems;
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
        `${host} is not an address of this machine: correct ${setting.replace("_PORT", "_HOST")}.`,
      ]);
    default:
      return new StartFailure([`Cannot listen on ${host}, port ${port} (${where}): ${code}.`]);
  }
}

export type ListenPlace = {
  readonly host: string;
  readonly port: number;
  readonly setting: "HTTP_PORT" | "ADMIN_PORT";
};

function codeOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : String(cause);
}
