/** Anything that some people may do to each other, in any order, in the whole house. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fields } from "./client.contract.ts";
import { House, type Person } from "./house.contract.ts";
import type { Method } from "./methods.ts";

type Deed = { readonly who: number; readonly method: Method; readonly fields: Fields };

const NAMES = ["ana", "ben", "cat"] as const;
const user = fc.constantFrom(...NAMES, "nobody");
const room = fc.constantFrom("pit", "hall", "nowhere");
const password = fc.constantFrom("a secret", "a secret", "a guess");
const deedOf = (method: Method, fields: Record<string, fc.Arbitrary<unknown>> = {}) => {
  return fc.record({ who: fc.nat(2), method: fc.constant(method), fields: fc.record(fields) });
};
const subject = { subject_user_id: user, room_id: room };
const deeds: fc.Arbitrary<Deed> = fc.oneof(
  deedOf("LOG_OUT"),
  deedOf("SIGN_UP", { user_id: user, user_password: password, user_nickname: user }),
  deedOf("DELETE_USER", { user_password: password }),
  deedOf("CHANGE_USER_NICKNAME", { user_nickname: user }),
  { weight: 3, arbitrary: deedOf("LOG_IN", { user_id: user, user_password: password }) },
  {
    weight: 3,
    arbitrary: deedOf("CREATE_ROOM", {
      room_id: room,
      room_nickname: user,
      room_access: fc.constantFrom(0, 0, 1, 2),
      room_password: password,
    }),
  },
  { weight: 5, arbitrary: deedOf("ENTER_ROOM", { room_id: room, room_password: password }) },
  deedOf("REMOVE_ROOM", { room_id: room }),
  deedOf("CHANGE_ROOM_NICKNAME", { room_id: room, new_room_nickname: user }),
  { weight: 2, arbitrary: deedOf("REMOVE_USER_FROM_ROOM", subject) },
  deedOf("SET_ADMIN", subject),
  deedOf("REMOVE_ADMIN", subject),
  deedOf("BAN_USER", subject),
  deedOf("UNBAN_USER", subject),
  {
    weight: 3,
    arbitrary: deedOf("ADD_FRIEND", { subject_user_id: user, verification_message: user }),
  },
  deedOf("REMOVE_FRIEND", { subject_user_id: user }),
  { weight: 4, arbitrary: deedOf("SEND_ROOM_MESSAGE", { room_id: room, message: user }) },
  { weight: 2, arbitrary: deedOf("SEND_PRIVATE_MESSAGE", { user_id: user, message: user }) },
  deedOf("RECEIVE_MESSAGE"),
  deedOf("GET_ROOM_ACCESS_TYPE", { room_id: room }),
  // The name of the last request that was pushed to them, whatever became of it.
  { weight: 4, arbitrary: deedOf("APPROVE_REQUEST") },
  deedOf("REJECT_REQUEST"),
);

type Client = Person & { asked?: unknown; pushes?: number };

describe("a crowd", () => {
  it("each request is answered once, pushes are numbered, and nobody is told what it did itself", () => {
    fc.assert(
      fc.property(fc.array(deeds, { minLength: 10, maxLength: 60 }), (all) => {
        const house = new House();
        const people = NAMES.map((name) => joined(house, name));
        for (const { who, method, fields } of all) {
          const person = people[who];
          if (person === undefined) throw new Error("there are three");
          const isAnswering = method === "APPROVE_REQUEST" || method === "REJECT_REQUEST";
          person.asks(method, isAnswering ? { request_id: person.asked ?? "f0" } : fields);
          for (const one of people) check(one, one === person ? method : undefined);
        }
      }),
      { numRuns: 40 },
    );
  });
});

function joined(house: House, name: string): Client {
  const [person] = house.people(name);
  return person;
}

/** What somebody heard in one turn: an answer first if it asked, and only pushes otherwise. */
function check(person: Client, method: Method | undefined): void {
  const heard = person.messages();
  const answers = heard.filter(({ resp_id }) => resp_id !== undefined);
  expect(answers).toHaveLength(method === undefined ? 0 : 1);
  const [answer] = answers;
  if (method !== undefined) expect(heard[0]).toBe(answer);
  expect(answer?.["err"]).not.toBe(233);
  expect(answer?.["err"]).not.toBe(999);
  const isNew = answer?.["err"] === 900 && (method === "LOG_IN" || method === "LOG_OUT");
  if (isNew || (method === "DELETE_USER" && answer?.["err"] === 900)) person.pushes = 0;
  const pushes = heard.slice(answers.length);
  // Kept pushes follow a log-in; any other request tells its actor nothing, but that somebody who was
  // approved had asked in a former life and is not here any more.
  const isNews = ({ method: name }: Fields): boolean => {
    const isGone = name === "USER_LEAVE_ROOM" || name === "FRIEND_REMOVED";
    return method !== "APPROVE_REQUEST" || !isGone;
  };
  if (method !== undefined && method !== "LOG_IN") expect(pushes.filter(isNews)).toEqual([]);
  for (const push of pushes) {
    person.pushes = (person.pushes ?? 0) + 1;
    expect(push["push_id"]).toBe(person.pushes);
    if (push["method"] === "FORCED_TO_LOGGED_OFF") person.pushes = 0;
    if (push["request_id"] !== undefined) person.asked = push["request_id"];
  }
}
