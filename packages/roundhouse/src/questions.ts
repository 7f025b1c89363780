/** The operator's questions, answered by the shards that know. */
import type { Tokens } from "@roundhouse/accounts";
import type { Answer } from "@roundhouse/domain";
import { fail, ok, parseUserId, type Result, shardOf } from "@roundhouse/kernel";
import type { AdminPorts, RoomSeen } from "./admin-ports.ts";
import type { Inquiry } from "./inquiry.ts";

export type Questions = Pick<AdminPorts, "rooms" | "who" | "protect" | "issue">;

export type QuestionsOptions = {
  readonly inquiry: Inquiry;
  readonly shards: number;
  readonly tokens: Tokens;
};

export function openQuestions({ inquiry, shards, tokens }: QuestionsOptions): Questions {
  return {
    rooms: async (limit) => {
      const rooms: RoomSeen[] = [];
      for (let shard = 0; shard < shards && rooms.length < limit; shard++) {
        const asking = { on: "rooms", limit: limit - rooms.length } as const;
        const listed = expected(await inquiry.askShard(shard, asking), "rooms");
        if (!listed.ok) return listed;
        rooms.push(...listed.value.rooms.map((room) => ({ ...room, shard })));
      }
      return ok(rooms);
    },
    who: async (name) => {
      const user = parseUserId(name);
      if (!user.ok) return user;
      const told = expected(await inquiry.ask({ on: "who", user: user.value }), "who");
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
      const asked = await inquiry.ask({ on: "guard", user: user.value, guarded });
      return asked.ok ? ok(undefined) : asked;
    },
    issue: (user, seconds) => tokens.issue(user, seconds),
  };
}

type Of<On extends Answer["on"]> = Extract<Answer, { on: On }>;

function expected<On extends Answer["on"]>(asked: Result<Answer>, on: On): Result<Of<On>> {
  if (!asked.ok) return asked;
  return isOf(asked.value, on) ? ok(asked.value) : fail("internal");
}

const isOf = <On extends Answer["on"]>(answer: Answer, on: On): answer is Of<On> =>
  answer.on === on;
