/** The operator's questions, answered by the shards that know. */
import type { Tokens } from "@roundhouse/accounts";
import type { Answer, Vouched } from "@roundhouse/domain";
import { fail, ok, parseUserId, type Result, shardOf } from "@roundhouse/kernel";
import type { AdminPorts, RoomSeen } from "./admin-ports.ts";
import type { Inquiry } from "./inquiry.ts";

export type Questions = Pick<AdminPorts, "rooms" | "who" | "protect" | "issue">;

export type QuestionsOptions = {
  /** Asked anew for each question: a node that is reborn asks in another name. */
  readonly inquiry: () => Inquiry;
  readonly shards: number;
  readonly tokens: Tokens;
};

export function openQuestions({ inquiry, shards, tokens }: QuestionsOptions): Questions {
  return {
    rooms: async (limit) => {
      const rooms: RoomSeen[] = [];
      for (let first = 0; first < shards && rooms.length < limit; first += AT_ONCE) {
        const asked = Array.from({ length: Math.min(AT_ONCE, shards - first) }, (_, index) => {
          return roomsOf(inquiry(), first + index, limit - rooms.length);
        });
        for (const listed of await Promise.all(asked)) {
          if (!listed.ok) return listed;
          rooms.push(...listed.value.slice(0, limit - rooms.length));
        }
      }
      return ok(rooms);
    },
    who: async (name) => {
      const user = parseUserId(name);
      if (!user.ok) return user;
      const told = expected(await inquiry().ask({ on: "who", user: user.value }), "who");
      if (!told.ok) return told;
      const { guarded, user: id, ...facts } = told.value.user;
      const rooms = new Set<string>(facts.sessions.flatMap((session) => session.rooms));
      return ok({
        ...facts,
        user: id,
        shard: shardOf(id, shards),
        rooms: [...rooms],
        protected: guarded,
      });
    },
    protect: async (name, guarded) => {
      const user = parseUserId(name);
      if (!user.ok) return user;
      const asked = await inquiry().ask({ on: "guard", user: user.value, guarded });
      return asked.ok ? ok(undefined) : asked;
    },
    issue: async (name, seconds) => {
      const user = parseUserId(name);
      if (!user.ok) return user;
      const told = expected(await inquiry().ask({ on: "who", user: user.value }), "who");
      if (!told.ok) return told;
      const { account } = told.value.user;
      return tokens.issue(user.value, seconds, account && lifeOf(account));
    },
  };
}

/** Of this password: another one is how a token is taken back. */
const lifeOf = ({ born, turn }: Vouched): Vouched => ({ born, turn });

async function roomsOf(
  inquiry: Inquiry,
  shard: number,
  limit: number,
): Promise<Result<readonly RoomSeen[]>> {
  const listed = expected(await inquiry.askShard(shard, { on: "rooms", limit }), "rooms");
  return listed.ok ? ok(listed.value.rooms.map((room) => ({ ...room, shard }))) : listed;
}

/** Shards that are asked together: each answers within a few milliseconds. */
const AT_ONCE = 16;

type Of<On extends Answer["on"]> = Extract<Answer, { on: On }>;

function expected<On extends Answer["on"]>(asked: Result<Answer>, on: On): Result<Of<On>> {
  if (!asked.ok) return asked;
  return isOf(asked.value, on) ? ok(asked.value) : fail("internal");
}

const isOf = <On extends Answer["on"]>(answer: Answer, on: On): answer is Of<On> =>
  answer.on === on;
