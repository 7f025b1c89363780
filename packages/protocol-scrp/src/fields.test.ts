/** What the decisions of the protocol page say about single fields. */
import { describe, expect, it } from "vitest";
import { type Client, type Fields, loggedIn } from "./client.contract.ts";

/** Its error, or what was asked for. */
function outcome(method: string, fields: Fields): unknown {
  const client: Client = loggedIn();
  client.says(method, fields);
  client.finds();
  const [answer] = client.hears();
  if (answer !== undefined) return answer["err"];
  const asked = client.asks().at(-1);
  return asked?.to === "errand" ? asked.errand : asked;
}

const made = { room_id: "pit", room_nickname: "Pit" };

describe("decision 7: the password of a room", () => {
  it.each([
    { access: 1, password: undefined, err: 311 },
    { access: 1, password: null, err: 311 },
    { access: 1, password: "short", err: 311 },
    { access: 1, password: 12345678, err: 233 },
    { access: "ROOM_ACCESS_PASSWORD", password: undefined, err: 311 },
    { access: 3, password: undefined, err: 340 },
    { access: 3, password: 7, err: 340 },
  ])("access $access with password $password is $err", ({ access, password, err }) => {
    expect(outcome("CREATE_ROOM", { ...made, room_access: access, room_password: password })).toBe(
      err,
    );
    expect(
      outcome("CHANGE_ROOM_ACCESS", {
        room_id: "pit",
        room_access_type: access,
        room_password: password,
      }),
    ).toBe(err);
  });

  it.each(["short", 7, null, "open sesame"])(
    "is not looked at for another access: %s",
    (password) => {
      const fields = { ...made, room_access: 2, room_password: password };
      expect(outcome("CREATE_ROOM", fields)).toMatchObject({ on: "create", password: undefined });
    },
  );

  it("is offered to a room of which only the shard knows whether it wants one", () => {
    const enter = (room_password: unknown) =>
      outcome("ENTER_ROOM", { room_id: "pit", room_password });
    expect(enter("open sesame")).toMatchObject({ on: "enter", password: "open sesame" });
    for (const none of [undefined, null, "short", "geheimnis ä"]) {
      expect(enter(none)).toMatchObject({ on: "enter", password: undefined });
    }
    expect(enter(7)).toBe(233);
  });
});

describe("decision 8: room_access and room_access_type", () => {
  it("each is accepted for the other, and the printed one counts where both stand", () => {
    expect(outcome("CREATE_ROOM", { ...made, room_access_type: 2 })).toMatchObject({
      create: { access: "permission" },
    });
    expect(outcome("CREATE_ROOM", { ...made, room_access: 0, room_access_type: 1 })).toMatchObject({
      create: { access: "public" },
    });
    const change = { room_id: "pit", room_access: 1, room_password: "open sesame" };
    expect(outcome("CHANGE_ROOM_ACCESS", change)).toMatchObject({
      adjust: { changes: { access: "password" } },
      password: "open sesame",
    });
    expect(outcome("CHANGE_ROOM_ACCESS", { ...change, room_access_type: 0 })).toMatchObject({
      adjust: { changes: { access: "public" } },
      password: undefined,
    });
  });
});

describe("decision 16: the verification message", () => {
  it("is accepted with a space, as it is printed, and with an underscore", () => {
    for (const name of ["verification message", "verification_message"]) {
      expect(outcome("ADD_FRIEND", { subject_user_id: "ben", [name]: "it is me" })).toMatchObject({
        command: { on: "askFriend", text: "it is me" },
      });
      expect(outcome("ADD_FRIEND", { subject_user_id: "ben", [name]: "x".repeat(257) })).toBe(330);
    }
    expect(outcome("ADD_FRIEND", { subject_user_id: "ben" })).toBe(233);
  });
});

describe("decision 18: names of requests", () => {
  it("lead to a friend or to a room", () => {
    expect(outcome("REJECT_REQUEST", { request_id: "f12" })).toMatchObject({
      command: { on: "answerFriend", user: "ana", id: 12, how: "reject" },
    });
    expect(outcome("IGNORE_REQUEST", { request_id: "r12.pit" })).toMatchObject({
      command: { on: "answerEntry", room: "pit", id: 12, how: "ignore" },
    });
  });

  it.each([
    [0, "reject"],
    [1, "approve"],
    [2, "ignore"],
  ])("action type %i is to %s", (action_type, how) => {
    expect(outcome("HANDLE_REQUEST", { target_request_id: "f1", action_type })).toMatchObject({
      command: { how },
    });
  });

  it.each(["", "f", "f-1", "r1", "r1.", "x7", "f1\n", `r1.${"x".repeat(300)}`, "r1.\ud800"])(
    "one that cannot be there is not there: %j",
    (request_id) => {
      expect(outcome("APPROVE_REQUEST", { request_id })).toBe(801);
    },
  );
});
