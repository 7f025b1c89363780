/** An engine's colour and short name: a function of the name alone, so all pages paint alike. */
import { shardOf } from "../shard.ts";

const PAINTS = [
  "#c2352b",
  "#1f6fb2",
  "#2c8a52",
  "#c97a00",
  "#7b4fb5",
  "#0e8486",
  "#bf4279",
  "#6a7a18",
  "#9c5427",
  "#44619f",
  "#d0561c",
  "#5f6d75",
] as const;

export const paintOf = (name: string): string =>
  PAINTS[shardOf(`livery:${name}`, PAINTS.length)] ?? PAINTS[0];

export function shortName(name: string): string {
  const letters = [...name];
  return letters.length <= 12 ? name : `${letters.slice(0, 11).join("")}…`;
}
