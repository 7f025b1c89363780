/** Keys that prove a name, read from text: what is not such a key is not read. */
import { createPublicKey, type KeyObject } from "node:crypto";

/** The PEM of an Ed25519 public key; `\n` may stand for its line breaks, as in environment files.
 * A private key is refused although its public half could be had: it should not be lying here. */
export function readPublicKey(pem: string): KeyObject | undefined {
  if (!/^-----BEGIN PUBLIC KEY-----/.test(pem.trim())) return undefined;
  try {
    const key = createPublicKey(pem.trim().replaceAll("\\n", "\n"));
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined; // Not a PEM at all; the caller has the words for it.
  }
}
