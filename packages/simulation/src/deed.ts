/** Something that may happen, and how often it does among its like. */
export type Deed = { readonly weight: number; readonly run: () => void };
