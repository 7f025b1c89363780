/** What a path of the admin port is, and the words its answers share. */
import { type Facts, fail, ok, type Result } from "@roundhouse/kernel";
import type { AdminPorts } from "./admin-ports.ts";

export type Question = {
  readonly host: string;
  /** What stands for the path's `*`, decoded. */
  readonly name: string;
  readonly query: URLSearchParams;
  /** The parsed JSON body of a POST, else undefined. */
  readonly body: unknown;
};

export type Answer =
  | { readonly as: "json"; readonly body: unknown }
  | { readonly as: "text"; readonly contentType: string; readonly text: string };

export type Route = {
  readonly method: "GET" | "POST" | "DELETE";
  /** True where the answer names people: only an operator may ask. */
  readonly guarded: boolean;
  answer(ports: AdminPorts, question: Question): Promise<Result<Answer>>;
};

export function membersOf(body: unknown): Result<ReadonlyMap<string, unknown>> {
  if (typeof body !== "object" || body === null) return invalid("body", { needs: "a JSON object" });
  return ok(new Map<string, unknown>(Object.entries(body)));
}

export const json = (body: unknown): Result<Answer> => ok({ as: "json", body });
export const invalid = (field: string, facts: Facts): Result<never> =>
  fail("field_invalid", { field, ...facts });
