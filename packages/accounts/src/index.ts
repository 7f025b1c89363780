/** Who may speak for a name. */
export { readPublicKey } from "./keys.ts";
export {
  openPasswords,
  type PasswordQueue,
  type PasswordStats,
  type Passwords,
} from "./passwords.ts";
export { openTokens, type Proof, type TokenKeys, type Tokens } from "./tokens.ts";
