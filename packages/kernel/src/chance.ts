/** Chance is an argument: whoever needs it is handed this. */

export interface Chance {
  /** 64 random bits as 16 hexadecimal digits. */
  bits64(): string;
}

/** The web's own generator, which Node and browsers share. */
export const systemChance: Chance = {
  bits64: () => {
    const words = crypto.getRandomValues(new Uint32Array(2));
    return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
  },
};
