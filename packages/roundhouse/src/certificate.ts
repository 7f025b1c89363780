/** The certificate for TLS: read from its files, looked at, and read again when they change. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Log, Millis } from "@roundhouse/kernel";
import { StartFailure } from "./node.ts";

/** As node:tls takes it: PEM. */
export type Certificate = { readonly cert: string; readonly key: string };

export type CertificateFiles = { readonly tlsCertFile: string; readonly tlsKeyFile: string };

type Read =
  | { readonly ok: true; readonly certificate: Certificate; readonly endsAt: Millis }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Nothing when both files are of use, or neither is given. */
export function certificateProblems(files: CertificateFiles): readonly string[] {
  if (files.tlsCertFile === "" || files.tlsKeyFile === "") return [];
  const read = readCertificate(files);
  return read.ok ? [] : read.problems;
}

function readCertificate({ tlsCertFile, tlsKeyFile }: CertificateFiles): Read {
  const cert = readPem("TLS_CERT_FILE", tlsCertFile, (pem) => new X509Certificate(pem));
  const key = readPem("TLS_KEY_FILE", tlsKeyFile, createPrivateKey);
  const problems = [cert, key].flatMap((it) => (typeof it === "string" ? [it] : []));
  if (typeof cert === "string" || typeof key === "string") return { ok: false, problems };
  if (!cert.parsed.checkPrivateKey(key.parsed)) {
    const says = `TLS_KEY_FILE=${tlsKeyFile} is not the key of the certificate in TLS_CERT_FILE=${tlsCertFile}: give the two that were made together.`;
    return { ok: false, problems: [says] };
  }
  const certificate = { cert: cert.pem, key: key.pem };
  try {
    createSecureContext(certificate);
  } catch (cause) {
    const says = `TLS_CERT_FILE=${tlsCertFile} cannot be used (${codeOf(cause)}): OpenSSL refuses it.`;
    return { ok: false, problems: [says] };
  }
  return { ok: true, certificate, endsAt: Date.parse(cert.parsed.validTo) };
}

type Pem<Parsed> = { readonly pem: string; readonly parsed: Parsed };

/** What it holds, or why it cannot be used: a sentence that quotes nothing of it. */
function readPem<Parsed extends X509Certificate | KeyObject>(
  setting: string,
  file: string,
  parse: (pem: string) => Parsed,
): Pem<Parsed> | string {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (cause) {
    return `${setting}=${file} cannot be read (${codeOf(cause)}): name a file that this user may read.`;
  }
  try {
    return { pem, parsed: parse(pem) };
  } catch (cause) {
    return `${setting}=${file} cannot be used (${codeOf(cause)}): it must be PEM, and without a passphrase.`;
  }
}

export class CertificateStats {
  /** Certificates taken over while it ran. */
  renewed = 0;
  /** Files that changed into something of no use: the former certificate stays. */
  refused = 0;
  /** Until when the present one is good; 0 without one. */
  endsAt: Millis = 0;
}

type Watch = {
  readonly every: (run: () => void, periodMs: number) => () => void;
  readonly renewed: (certificate: Certificate) => void;
  readonly stats: CertificateStats;
  readonly log: Log;
};

/**
 * Reads them, and looks every few seconds whether they are others. By time and size and not by a watch:
 * what renews certificates moves files and links into place, of which a watch hears nothing certain.
 * Throws a `StartFailure`.
 */
export function openCertificate(
  files: CertificateFiles,
  watch: Watch,
): { readonly certificate: Certificate; close(): void } {
  const { every, renewed, stats, log } = watch;
  let seen = pictureOf(files);
  let judged = seen;
  const first = readCertificate(files);
  if (!first.ok) throw new StartFailure(first.problems);
  stats.endsAt = first.endsAt;
  const close = every(() => {
    const before = seen;
    seen = pictureOf(files);
    // Two files never change at the same moment: judged is what did not change since the last look.
    if (seen !== before || seen === judged) return;
    judged = seen;
    const read = readCertificate(files);
    if (read.ok) {
      stats.renewed++;
      stats.endsAt = read.endsAt;
      renewed(read.certificate);
    } else {
      stats.refused++;
      log.say("error", "certificate_refused", { why: read.problems.join(" ") });
    }
  }, LOOK_MS);
  return { certificate: first.certificate, close };
}

/** Differs when a file is another one or has another content. */
function pictureOf({ tlsCertFile, tlsKeyFile }: CertificateFiles): string {
  return [tlsCertFile, tlsKeyFile].map(fileOf).join(" ");
}

function fileOf(path: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino}.${size}.${mtimeMs}`;
  } catch {
    return "none";
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
}

const LOOK_MS = 2_000;
