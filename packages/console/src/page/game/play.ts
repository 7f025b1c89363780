/**
 * What drivers say to each other: the `data` of a game action. The server relays it unread, so
 * everything a peer sent is checked here before the world believes it.
 */
import { type Place, REACH_MAX, TABLE_RADIUS, TRACK_COUNT } from "./place.ts";

export type Play =
  | { readonly do: "hello" } // I came in: tell me who and where you are.
  | Here
  | { readonly do: "drive"; readonly engine: Place }
  | { readonly do: "turn"; readonly to: number } // Where the bridge's head shall be: 0..15.
  | { readonly do: "whistle" }
  | { readonly do: "bye" };

/** Sent now and then, and in answer to hello, because the server keeps no state of a game. */
export type Here = {
  readonly do: "here";
  readonly engine: Place;
  readonly asOf: number; // The last seq the sender had applied.
  readonly table?: number; // Where the bridge's head is, if the sender knows.
  readonly dozing?: boolean; // Its tab is hidden: expect to hear little.
};

export function parsePlay(data: unknown): Play | undefined {
  if (!isRecord(data)) return undefined;
  switch (data["do"]) {
    case "hello":
    case "whistle":
    case "bye":
      return { do: data["do"] };
    case "turn":
      return isTrack(data["to"]) ? { do: "turn", to: data["to"] } : undefined;
    case "drive": {
      const engine = parsePlace(data["engine"]);
      return engine && { do: "drive", engine };
    }
    case "here":
      return parseHere(data);
    default:
      return undefined;
  }
}

function parseHere(data: Readonly<Record<string, unknown>>): Here | undefined {
  const engine = parsePlace(data["engine"]);
  const { asOf, table } = data;
  if (engine === undefined || typeof asOf !== "number" || Number.isNaN(asOf)) return undefined;
  const here: Here = { do: "here", engine, asOf, dozing: data["dozing"] === true };
  return isTrack(table) ? { ...here, table } : here;
}

function parsePlace(value: unknown): Place | undefined {
  if (!isRecord(value)) return undefined;
  const { line, reach, nose } = value;
  if (typeof reach !== "number" || (nose !== 1 && nose !== -1)) return undefined;
  if (line === "bridge") {
    return Math.abs(reach) <= TABLE_RADIUS ? { line, reach, nose } : undefined;
  }
  const onTrack = isTrack(line) && reach >= TABLE_RADIUS && reach <= REACH_MAX;
  return onTrack ? { line, reach, nose } : undefined;
}

const isTrack = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < TRACK_COUNT;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
