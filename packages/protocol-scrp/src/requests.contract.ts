/** Every field with values that are right and values that are wrong, and every method's requests of them. */
import fc from "fast-check";
import { entryOf, METHODS, type Method } from "./methods.ts";

export type Wrong = { readonly value: unknown; readonly err: number };
type Kind = { readonly right: readonly unknown[]; readonly wrong: readonly Wrong[] };

const ABSENT = undefined;
const notText: readonly Wrong[] = [7, null, true, [], {}, ABSENT].map((value) => {
  return { value, err: 233 };
});
const wrong = (err: number, ...values: readonly unknown[]): readonly Wrong[] => {
  return values.map((value) => ({ value, err }));
};

const ids = ["a", "john_42", "A".repeat(16), "__proto__", "0"];
const noIds = ["", "A".repeat(17), "a b", "ana.", "ä", "a\n", "🚂"];
/** Of users of other protocols. */
const longIds = ["1:12345", "a b", "🚂", "x".repeat(256)];
const noLongIds = ["", "x".repeat(257), "🚂".repeat(65), "\ud800"];
const passwords = ["secret", " ~ ~ ~", "x".repeat(64)];
const noPasswords = ["", "short", "x".repeat(65), "geheimnis ä", "tab\tbed"];
const nicknames = ["A", "Erwin Schrödinger", "🚂".repeat(32), "\u0000", "\u2028"];
const noNicknames = ["", "x".repeat(33), "🚂".repeat(33), "\ud800"];
const descriptions = ["", "x".repeat(256), "🚂".repeat(256)];
const noDescriptions = ["x".repeat(257), "🚂".repeat(257), "\udc00"];

const text = (right: readonly unknown[], err: number, bad: readonly unknown[]): Kind => {
  return { right, wrong: [...notText, ...wrong(err, ...bad)] };
};
const access: Kind = {
  right: [0, 1, 2, "ROOM_ACCESS_PUBLIC", "ROOM_ACCESS_PASSWORD", "ROOM_ACCESS_PERMISSION"],
  wrong: [
    ...wrong(233, null, true, [], {}, ABSENT),
    ...wrong(340, 3, -1, 1.5, 1e300, "", "room_access_public", "1"),
  ],
};

const anybody = text([...ids, ...longIds], 300, noLongIds);
const accountId = text(ids, 300, noIds);

/** By the name that the document prints. */
const KINDS: Readonly<Record<string, Kind>> = {
  user_id: anybody,
  subject_user_id: anybody,
  room_id: text(ids, 301, noIds),
  user_password: text(passwords, 310, noPasswords),
  old_user_password: text(passwords, 310, noPasswords),
  new_user_password: text(passwords, 310, noPasswords),
  user_nickname: text(nicknames, 320, noNicknames),
  room_nickname: text(nicknames, 321, noNicknames),
  new_room_nickname: text(nicknames, 321, noNicknames),
  user_description: text(descriptions, 330, noDescriptions),
  verification_message: text(descriptions, 330, noDescriptions),
  new_room_description: text(descriptions, 331, noDescriptions),
  room_access: access,
  room_access_type: access,
  message: text(["x", "🚂".repeat(4096)], 233, ["", "x".repeat(4097), "\ud800"]),
  keyword: text(["", "an", "not an id"], 233, ["x".repeat(257)]),
  request_id: text(["f1", "r7.pit", "", "anything"], 233, []),
  target_request_id: text(["f1", "r7.pit"], 233, []),
  action_type: { right: [0, 1, 2], wrong: wrong(233, 3, -1, 0.5, "1", null, ABSENT) },
};

/** Whoever has no account yet, or logs in, names one; others name anybody. */
export const kindOf = (method: Method, name: string): Kind => {
  const isOwn = name === "user_id" && entryOf(method).for !== "user";
  return isOwn ? accountId : (KINDS[name] ?? { right: [], wrong: [] });
};

export const methods = Object.keys(METHODS) as Method[];

export const fieldNames = (method: Method): readonly string[] => {
  return Object.keys(entryOf(method).fields).filter((name) => name !== "room_password");
};

/** All fields of a method, each right. Rooms are public here: room_password has tests of its own. */
export const rightFields = (method: Method): fc.Arbitrary<Record<string, unknown>> => {
  return fc.record(
    Object.fromEntries(
      fieldNames(method).map((name) => {
        const { right } = kindOf(method, name);
        const isAccess = name.startsWith("room_access");
        return [name, fc.constantFrom(...right.filter((it) => !isAccess || !isByPassword(it)))];
      }),
    ),
  );
};

/** Right ones, and some of them replaced by wrong ones; with the numbers that these deserve. */
export const faultyFields = (method: Method) => {
  const faults = fieldNames(method).map((name) => {
    const wrongs = kindOf(method, name).wrong.map((it) => ({ name, ...it }));
    return fc.option(fc.constantFrom(...wrongs), { nil: undefined });
  });
  return fc.tuple(rightFields(method), fc.tuple(...faults)).map(([fields, all]) => {
    const mistakes = all.filter((it) => it !== undefined);
    for (const { name, value } of mistakes) fields[name] = value;
    return { method, fields, errs: mistakes.map(({ err }) => err) };
  });
};

const isByPassword = (value: unknown): boolean => value === 1 || value === "ROOM_ACCESS_PASSWORD";
