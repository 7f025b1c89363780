import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readPublicKey } from "./keys.ts";

const ed = generateKeyPairSync("ed25519");
const pem = ed.publicKey.export({ type: "spki", format: "pem" }).toString();
const privatePem = ed.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const rsaPem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();

describe("reading a public key", () => {
  it.each([
    { what: "an Ed25519 public key", given: pem, isRead: true },
    { what: "one with space around", given: `\n ${pem} `, isRead: true },
    { what: "one with \\n for line breaks", given: pem.replaceAll("\n", "\\n"), isRead: true },
    { what: "a private key", given: privatePem, isRead: false },
    { what: "an RSA key", given: rsaPem, isRead: false },
    { what: "half a key", given: pem.slice(0, 60), isRead: false },
    { what: "words", given: "words", isRead: false },
    { what: "nothing", given: "", isRead: false },
  ])("$what: $isRead", ({ given, isRead }) => {
    expect(readPublicKey(given) !== undefined).toBe(isRead);
  });
});
