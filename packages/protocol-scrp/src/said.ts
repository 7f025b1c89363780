/** What a client says, apart from how it looks on the wire. */
import type { Code, Facts } from "@roundhouse/kernel";
import type { Ask, Method } from "./methods.ts";

export type Said =
  | { readonly on: "asked"; readonly id: number; readonly ask: Ask }
  /** Not as it must be. A bad request needs no method; of the others it decides whether 250 is smaller. */
  | {
      readonly on: "faulty";
      readonly id: number;
      readonly method: Method | undefined;
      readonly code: Code;
      readonly facts: Facts;
      /** Asked first: if what that is about is not there, this has a smaller number. */
      readonly doubt?: Ask;
    };
