/**
 * A protocol for tests of what carries protocols: one JSON object to the line. A client says what a
 * protocol would ask of the gateway, and is told whatever the gateway tells a protocol.
 */
import { fail, type Millis, ok, type Result, type SessionId } from "@roundhouse/kernel";
import type { Frame, Input, Output, Protocol, Wire } from "@roundhouse/protocol";
import type { Tongue } from "./tongue.ts";

type Asked = Output<unknown>;
type State = {
  readonly session: SessionId;
  /** By then it must have a name; undefined: it has. */
  readonly deadline: Millis | undefined;
};
type ParrotOptions = { readonly identifyMs?: Millis; readonly lineMax?: number };

export function parrot(options: ParrotOptions = {}): Protocol<State, Asked, unknown> {
  const { identifyMs = 30_000, lineMax = 65_536 } = options;
  return {
    name: "parrot",
    carrier: { over: "stream", frames: "text", open: () => lines(lineMax) },
    hears: "each",
    decode: (frame) => parse(String(frame)),
    encode: (reply) => JSON.stringify(reply),
    open: (session, now) => [{ session, deadline: now + identifyMs }, []],
    step: (state, input, now) => step(state, input, { now, identifyMs }),
    broadcast: (_room, events) => events.map((event) => JSON.stringify(event)),
    presence: () => "",
  };
}

/** How its clients write and read in a scene: the command is the output's `to`, the data the rest. */
export const parrotTongue: Tongue = {
  subprotocol: "parrot",
  write: (command, data, request) => JSON.stringify({ to: command, request, ...(data as object) }),
  read: (frame) => {
    const heard = JSON.parse(String(frame)) as { readonly on: string; readonly told?: object };
    const { on, ...rest } = heard.told === undefined ? heard : { ...heard, ...heard.told };
    return { command: on, data: rest };
  },
};

type Time = { readonly now: Millis; readonly identifyMs: Millis };

function step(
  state: State,
  input: Input<Asked>,
  { now, identifyMs }: Time,
): readonly [State, readonly Asked[]] {
  switch (input.on) {
    case "said":
      return [state, [signed(input.said, state.session)]];
    case "tick": {
      const isLate = state.deadline !== undefined && now >= state.deadline;
      return [state, isLate ? [{ to: "close", why: "identity_too_slow" }] : []];
    }
    case "renewed":
      return [{ session: input.session, deadline: now + identifyMs }, [echo(input)]];
    case "told": {
      const { told } = input;
      const named = told.on === "attached" ? { ...state, deadline: undefined } : state;
      if (told.on !== "replayed") return [named, [echo(input)]];
      return [named, [{ to: "replay", room: told.room, events: told.events }]];
    }
    default:
      return [state, [echo(input)]];
  }
}

const echo = (input: Input<Asked>): Asked => ({ to: "send", reply: input });

/** Clients do not know their session. */
function signed(asked: Asked, session: SessionId): Asked {
  switch (asked.to) {
    case "room":
    case "account":
    case "charter":
      return { ...asked, command: { ...asked.command, session } } as Asked;
    case "identify":
      return { ...asked, attach: { ...asked.attach, session } };
    case "errand": {
      const { errand } = asked;
      if (errand.on !== "logIn") return asked;
      return { ...asked, errand: { ...errand, attach: { ...errand.attach, session } } };
    }
    default:
      return asked;
  }
}

function parse(text: string): Result<Asked> {
  try {
    const asked = JSON.parse(text) as unknown;
    const isObject = typeof asked === "object" && asked !== null && "to" in asked;
    return isObject ? ok(asked as Asked) : fail("frame_malformed");
  } catch {
    return fail("frame_malformed");
  }
}

/** Lines of so many bytes at most. */
function lines(most: number): Wire {
  let rest = Buffer.alloc(0);
  return {
    take: (chunk, each) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        const line: Frame = rest.subarray(0, end).toString();
        rest = rest.subarray(end + 1);
        if (line.length > most) return fail("frame_too_large", { most });
        each(line);
      }
      return rest.length > most ? fail("frame_too_large", { most }) : ok(undefined);
    },
    wrap: (frame) => `${String(frame)}\n`,
  };
}

const NEWLINE = 0x0a;
