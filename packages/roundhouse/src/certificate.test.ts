import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Log, silentLog } from "@roundhouse/kernel";
import { certificateOne, certificateOther } from "@roundhouse/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Certificate,
  CertificateStats,
  certificateProblems,
  openCertificate,
} from "./certificate.ts";
import { StartFailure } from "./node.ts";

/** When those of the testkit end: the one a second before the other. */
const ONE_ENDS_AT = Date.UTC(2126, 9, 28, 18, 13, 36);
const OTHER_ENDS_AT = Date.UTC(2126, 9, 28, 18, 13, 37);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "roundhouse-certificate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = () => {
  return { tlsCertFile: join(folder, "tls.crt"), tlsKeyFile: join(folder, "tls.key") };
};

/** As a good tool does it: another file under the same name. */
function put(name: "tls.crt" | "tls.key", text: string): void {
  writeFileSync(join(folder, "new"), text);
  renameSync(join(folder, "new"), join(folder, name));
}

function putBoth({ cert, key }: Certificate): void {
  put("tls.crt", cert);
  put("tls.key", key);
}

describe("a certificate", () => {
  it("with its key has no problems, and none is none", () => {
    putBoth(certificateOne);
    expect(certificateProblems(files())).toEqual([]);
    expect(certificateProblems({ tlsCertFile: "", tlsKeyFile: "" })).toEqual([]);
  });

  it.each([
    { what: "no files", cert: undefined, key: undefined, says: [/CERT.*ENOENT/, /KEY.*ENOENT/] },
    { what: "no key", cert: certificateOne.cert, key: undefined, says: [/^TLS_KEY_FILE=.*ENOENT/] },
    { what: "words", cert: "words", key: "words", says: [/CERT.*must be PEM/, /KEY.*must be PEM/] },
    {
      what: "a key for a certificate",
      cert: certificateOne.key,
      key: certificateOne.key,
      says: [/^TLS_CERT_FILE=.*must be PEM/],
    },
    {
      what: "another one's key",
      cert: certificateOne.cert,
      key: certificateOther.key,
      says: [/is not the key of the certificate in TLS_CERT_FILE=/],
    },
  ])("of $what is refused with all problems", ({ cert, key, says }) => {
    if (cert !== undefined) put("tls.crt", cert);
    if (key !== undefined) put("tls.key", key);
    const problems = certificateProblems(files());
    expect(problems).toEqual(says.map((it) => expect.stringMatching(it)));
    expect(problems.join()).not.toContain("PRIVATE");
  });

  it("that is of no use keeps a node from starting", () => {
    const watch = { every: () => () => {}, renewed: () => {}, stats: new CertificateStats() };
    expect(() => openCertificate(files(), { ...watch, log: silentLog })).toThrow(StartFailure);
  });
});

describe("a certificate that changes", () => {
  const say = vi.fn<Log["say"]>();
  const renewed = vi.fn<(certificate: Certificate) => void>();
  let stats: CertificateStats;
  let look: () => void;
  let isOver: boolean;

  beforeEach(() => {
    say.mockClear();
    renewed.mockClear();
    stats = new CertificateStats();
    isOver = false;
    const every = (run: () => void): (() => void) => {
      look = run;
      return () => {
        isOver = true;
      };
    };
    putBoth(certificateOne);
    const opened = openCertificate(files(), { every, renewed, stats, log: { say } });
    expect(opened.certificate).toEqual(certificateOne);
    look();
    look();
    opened.close();
    expect(isOver).toBe(true);
  });

  it("is taken over once, when it stays as it is", () => {
    putBoth(certificateOther);
    look();
    expect(renewed).not.toHaveBeenCalled();
    look();
    look();
    expect(renewed.mock.calls).toEqual([[certificateOther]]);
    expect(stats).toEqual({ renewed: 1, refused: 0, endsAt: OTHER_ENDS_AT });
  });

  it("half first is nobody's business", () => {
    put("tls.crt", certificateOther.cert);
    look();
    put("tls.key", certificateOther.key);
    look();
    look();
    expect(renewed.mock.calls).toEqual([[certificateOther]]);
    expect(say).not.toHaveBeenCalled();
  });

  it("into something of no use is told once, and the former one stays", () => {
    put("tls.crt", "words");
    for (let looks = 0; looks < 5; looks++) look();
    expect(renewed).not.toHaveBeenCalled();
    expect(stats).toEqual({ renewed: 0, refused: 1, endsAt: ONE_ENDS_AT });
    expect(say.mock.calls).toEqual([
      ["error", "certificate_refused", { why: expect.stringContaining("must be PEM") }],
    ]);
    putBoth(certificateOther);
    look();
    look();
    expect(renewed.mock.calls).toEqual([[certificateOther]]);
  });
});
