/** Who may speak for a name. */
export { readPublicKey } from "./keys.ts";
export { openTokens, type Proof, type TokenKeys, type Tokens } from "./tokens.ts";
