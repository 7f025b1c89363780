/** SCRP with TLS: the README at openssl, and a certificate that changes. */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { certificateOne, certificateOther } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import { polled } from "../condition.ts";
import { house } from "../house.ts";
import { newFolder } from "../server.ts";
import { ScrpClient } from "./scrp-client.ts";
import { command, talk } from "./terminal.ts";

describe("the page of SCRP, with TLS", () => {
  const folder = newFolder();
  const files = { TLS_CERT_FILE: join(folder, "cert.pem"), TLS_KEY_FILE: join(folder, "key.pem") };
  const put = ({ cert, key }: typeof certificateOne): void => {
    // As what renews certificates does it: each file is whole at any moment.
    for (const [file, text] of [
      [files.TLS_CERT_FILE, cert],
      [files.TLS_KEY_FILE, key],
    ] as const) {
      writeFileSync(`${file}.new`, text, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    }
  };
  put(certificateOne);
  const inn = house({ ...files, SCRP_TLS_PORT: 0 });

  it("is right at openssl", () => {
    return talk((command?.[2] ?? "").replace("42016", String(inn.server.scrpTlsPort)));
  });

  it("shows another certificate when the files change, and cuts nobody off", async () => {
    const before = await dialSafely(inn.server.scrpTlsPort);
    expect(before.name).toBe("one.example");
    const client = new ScrpClient(before.socket);
    await client.roundTrip();
    put(certificateOther);
    await polled(
      async () => {
        const { name, socket } = await dialSafely(inn.server.scrpTlsPort);
        socket.destroy();
        return name;
      },
      (name) => name === "other.example",
    );
    await client.roundTrip();
    client.drop();
  });
});

/** A connection with TLS, and who the server says that it is. */
function dialSafely(port: number): Promise<{ readonly socket: TLSSocket; readonly name: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve({ socket, name: String(socket.getPeerCertificate().subject.CN) });
    });
  });
}
