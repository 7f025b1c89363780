/** What one guess of a password costs: as much as a log-in may. README, "argon2id, as OWASP asks". */

export type Costs = {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
};

export const OWN_COSTS: Costs = { memoryKib: 19_456, passes: 2, lanes: 1 };

/** In the library's words. */
export type LibraryCosts = {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
};

export const costsOf = ({ memoryKib, passes, lanes }: Costs): LibraryCosts => {
  return { memoryCost: memoryKib, timeCost: passes, parallelism: lanes };
};

/**
 * A hash that is nobody's: checking against it costs what checking against a real one does, because the
 * costs of a check are those that the hash names.
 */
export function decoyOf({ memoryKib, passes, lanes }: Costs): string {
  const salt = Buffer.alloc(SALT_BYTES).toString("base64").replace(/=+$/, "");
  const nothing = Buffer.alloc(HASH_BYTES).toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${salt}$${nothing}`;
}

/** As the library makes them. */
const SALT_BYTES = 16;
const HASH_BYTES = 32;
