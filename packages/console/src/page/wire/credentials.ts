/** Who one wants to be, and what proves it. */

export type Proof =
  | { readonly by: "password"; readonly password: string; readonly isNew: boolean }
  | { readonly by: "token"; readonly token: string };

export type Credentials =
  /** A name alone; the token only where the server asks everybody for one. */
  | { readonly as: "guest"; readonly name: string; readonly token: string }
  /** With an account: then the page speaks version 2. */
  | { readonly as: "member"; readonly name: string; readonly proof: Proof };

/** A token to come back with after a reload, for this tab alone. Passwords are kept nowhere. */
export const pocket = {
  keep(name: string, token: string): void {
    use((storage) => storage.setItem(KEY, JSON.stringify([name, token])));
  },
  kept(): Credentials | undefined {
    const kept: unknown = use((storage) => JSON.parse(storage.getItem(KEY) ?? "null"));
    if (!Array.isArray(kept)) return undefined;
    const [name, token] = kept.map(String);
    if (name === undefined || token === undefined) return undefined;
    return { as: "member", name, proof: { by: "token", token } };
  },
  empty(): void {
    use((storage) => storage.removeItem(KEY));
  },
};

/** A browser may forbid its storage: then nobody comes back by a token. */
function use<Found>(deed: (storage: Storage) => Found): Found | undefined {
  try {
    return deed(sessionStorage);
  } catch {
    return undefined;
  }
}

const KEY = "roundhouse.token";
