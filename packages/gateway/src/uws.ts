/** The one file that knows uWebSockets.js: loads whichever native build this machine can run. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as Uws from "uws-glibc238";

export type { HttpRequest, HttpResponse, us_listen_socket } from "uws-glibc238";
export type Native = Pick<
  typeof Uws,
  "App" | "SSLApp" | "us_listen_socket_close" | "us_socket_local_port"
>;

type Build = { readonly name: string; readonly load: () => unknown };

/** Newest first. Both packages fall back to something else by themselves; their bindings do not. */
const builds: readonly Build[] = [
  {
    name: "uWebSockets.js 20.57 (Node 20 to 25, glibc 2.38)",
    load: () => binding("uws-glibc238", "."),
  },
  {
    name: "uWebSockets.js 20.30 (Node up to 20, glibc 2.27)",
    load: () => binding("uws-glibc227", "../binaries"),
  },
];

export function loadNative(tries: readonly Build[] = builds): Native {
  const troubles: string[] = [];
  for (const { name, load } of tries) {
    try {
      const native = load();
      if (isNative(native)) return native;
      troubles.push(`${name}: it is not the library`);
    } catch (cause) {
      const [line = ""] = String(cause instanceof Error ? cause.message : cause).split("\n");
      troubles.push(`${name}: ${line}`);
    }
  }
  throw new Error(advice(troubles));
}

/** Listens alone on its port: by default a second server would share it in silence. */
export function listenAlone(
  app: Uws.TemplatedApp,
  { host, port }: { readonly host: string; readonly port: number },
  then: (token: Uws.us_listen_socket | false) => void,
): void {
  // The library takes four arguments; its types know only three of them.
  const { listen } = app as unknown as { listen: (...given: readonly unknown[]) => void };
  listen.call(app, host, port, EXCLUSIVE_PORT, then);
}

const EXCLUSIVE_PORT = 1; // LIBUS_LISTEN_EXCLUSIVE_PORT
const require = createRequire(import.meta.url);

function binding(name: string, folder: string): unknown {
  const file = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  return require(join(dirname(require.resolve(name)), folder, file));
}

function isNative(value: unknown): value is Native {
  return typeof value === "object" && value !== null && "App" in value;
}

function advice(troubles: readonly string[]): string {
  const report = process.report?.getReport() as
    | { header?: { glibcVersionRuntime?: string } }
    | undefined;
  const glibc = report?.header?.glibcVersionRuntime ?? "none";
  return [
    `No native build of uWebSockets.js runs here: Node ${process.version}, glibc ${glibc}, ` +
      `${process.platform} ${process.arch}.`,
    ...troubles,
    "Use Node 20 with glibc 2.27 or newer, or Node 22 or 24 with glibc 2.38 or newer " +
      "(Debian 13, Ubuntu 24.04, the image node:24-trixie-slim).",
  ].join("\n");
}
