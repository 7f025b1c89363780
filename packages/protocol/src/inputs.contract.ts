/** Whatever a gateway may hand a protocol, likely and unlikely. */
import type { AccountSeen, Notice, RoomEvent, Status, Told } from "@roundhouse/domain";
import { type Code, catalogue, type RoomId, type SessionId, type UserId } from "@roundhouse/kernel";
import fc from "fast-check";
import type { AnyProtocol, Bounds, Found, Frame, Input, ServerFacts } from "./protocol.ts";

export const BOUNDS: Bounds = {
  depthMax: 8,
  actionsMax: 4,
  invitesMax: 4,
  subscriptionsMax: 4,
  identifyMs: 10_000,
};

const texts = fc.oneof(
  fc.constantFrom("ana", "ben", "__proto__", "constructor", '"', "\\", "\u0000\n", "🚂", "\u2028"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 }),
);
export const userIds = texts as fc.Arbitrary<UserId>;
export const roomIds = texts as fc.Arbitrary<RoomId>;
export const statuses = fc.constantFrom<Status>("offline", "online", "busy", "away");
const numbers = fc.nat(1000);
const times = fc.integer({ min: 1_795_000_000_000, max: 1_800_000_000_000 });
/** Protocols that number their requests begin low. */
const requests = fc.option(fc.oneof(fc.nat(4), numbers), { nil: undefined });
const someUsers = fc.array(userIds, { maxLength: 4 });
const someRooms = fc.array(roomIds, { maxLength: 3 });
const accesses = fc.constantFrom("public", "password", "permission");
/** Members of an object without its braces, as a sender may have said them. */
const fields = fc
  .dictionary(texts, fc.jsonValue({ maxDepth: 2 }))
  .map((it) => JSON.stringify(it).slice(1, -1));
const actions = fc.array(fc.record({ at: fc.nat(), fields }), { maxLength: 3 });

/** Of somebody, or of itself. */
const by = fc.record({ by: userIds }, { requiredKeys: [] });

export const roomEvents: fc.Arbitrary<RoomEvent> = fc.oneof(
  fc.record({ on: fc.constant("game"), seq: numbers, from: userIds, actions, extra: fields }),
  fc.record(
    {
      on: fc.constantFrom("joined", "left"),
      seq: numbers,
      user: userIds,
      member: fc.constant<true>(true),
      by: userIds,
    },
    { requiredKeys: ["on", "seq", "user"] },
  ),
  fc.record({
    on: fc.constant("said"),
    seq: numbers,
    id: numbers,
    at: times,
    from: userIds,
    text: texts,
  }),
  fc
    .tuple(fc.record({ on: fc.constant("enrolled"), seq: numbers, user: userIds }), by)
    .map(([event, more]) => ({ ...event, ...more })),
  fc
    .tuple(
      fc.record({
        on: fc.constant("expelled"),
        seq: numbers,
        user: userIds,
        why: fc.constantFrom("left", "removed", "deleted"),
      }),
      by,
    )
    .map(([event, more]) => ({ ...event, ...more })),
  fc.record(
    { on: fc.constant("titled"), seq: numbers, by: userIds, title: texts, description: texts },
    { requiredKeys: ["on", "seq", "by"] },
  ),
);

const notices: fc.Arbitrary<Notice> = fc.oneof(
  fc.record({
    on: fc.constant("whispered"),
    id: numbers,
    at: times,
    from: userIds,
    text: texts,
  }),
  fc.record({
    on: fc.constant("words"),
    id: numbers,
    at: times,
    from: userIds,
    room: roomIds,
    text: texts,
  }),
  fc.record({
    on: fc.constant("friendAsked"),
    request: fc.constantFrom("f1", "f99"),
    at: times,
    from: userIds,
    text: texts,
  }),
  fc.record({
    on: fc.constant("entryAsked"),
    request: fc.constantFrom("r1.pit", "r99.hall"),
    at: times,
    from: userIds,
    room: roomIds,
  }),
  fc.record({
    on: fc.constantFrom("approved", "rejected"),
    request: fc.constantFrom("f1", "r1.pit"),
    by: fc.oneof(fc.record({ user: userIds }), fc.record({ room: roomIds })),
  }),
  fc.record({
    on: fc.constant("unfriended"),
    user: userIds,
    why: fc.constantFrom("removed", "deleted"),
  }),
  fc.record({ on: fc.constant("deleted"), user: userIds }),
  fc.record({
    on: fc.constantFrom("expelled", "appointed", "deposed", "roomRemoved"),
    room: roomIds,
  }),
);
const someNotices = fc.array(notices, { maxLength: 4 });

const accounts: fc.Arbitrary<AccountSeen> = fc.record({
  born: numbers,
  turn: numbers,
  nickname: texts,
  description: texts,
  friends: someUsers,
  rooms: someRooms,
});

const codes = fc.constantFrom(...(Object.keys(catalogue) as Code[]));
const facts = fc.dictionary(fc.constantFrom("most", "room"), numbers);
const resumed = fc.record({ was: fc.constant("gate-0" as SessionId), rooms: someRooms });

const attached: fc.Arbitrary<Told> = fc.record(
  {
    on: fc.constant("attached"),
    user: userIds,
    resumed: fc.option(resumed, { nil: undefined }),
    account: fc.option(accounts, { nil: undefined }),
    waits: fc.constant<true>(true),
    request: requests,
  },
  { requiredKeys: ["on", "user", "resumed", "request"] },
);

const ofRooms: fc.Arbitrary<Told> = fc.oneof(
  fc.record(
    { on: fc.constant("seated"), room: roomIds, seq: numbers, mates: someUsers, request: requests },
    { requiredKeys: ["on", "room", "seq", "request"] },
  ),
  fc.record({ on: fc.constant("accepted"), room: roomIds, seq: numbers, request: requests }),
  fc.record({ on: fc.constant("unseated"), room: roomIds, request: requests }),
  fc.record({ on: fc.constant("invited"), room: roomIds, user: userIds, from: userIds }),
  fc.record({
    on: fc.constant("replayed"),
    room: roomIds,
    seq: numbers,
    events: fc.array(roomEvents, { maxLength: 3 }),
    lost: numbers,
    request: requests,
  }),
  fc.record({
    on: fc.constant("described"),
    room: fc.record({
      id: roomIds,
      title: texts,
      description: texts,
      owner: userIds,
      access: accesses,
      members: numbers,
    }),
    request: requests,
  }),
);

const ofAccounts: fc.Arbitrary<Told> = fc.oneof(
  fc.record(
    { on: fc.constant("done"), friend: userIds, request: requests },
    { requiredKeys: ["on", "request"] },
  ),
  fc.record({ on: fc.constant("sent"), id: numbers, at: times, request: requests }),
  fc.record({ on: fc.constant("notices"), notices: someNotices, kept: fc.boolean() }),
  fc.record({ on: fc.constant("mail"), notices: someNotices, request: requests }),
  fc.record({
    on: fc.constant("profile"),
    profile: fc.record({
      user: userIds,
      nickname: texts,
      description: texts,
      since: times,
      seenAt: times,
    }),
    request: requests,
  }),
);

const tolds: fc.Arbitrary<Told> = fc.oneof(
  attached,
  ofRooms,
  ofAccounts,
  fc.record({
    on: fc.constant("refused"),
    code: codes,
    facts,
    room: fc.option(roomIds, { nil: undefined }),
    request: requests,
  }),
  fc.record({ on: fc.constant("ended"), code: codes }),
);

const found: fc.Arbitrary<Found> = fc.oneof(
  fc.record({
    on: fc.constant("users"),
    users: fc.array(fc.record({ id: userIds, nickname: texts }), { maxLength: 3 }),
  }),
  fc.record({
    on: fc.constant("rooms"),
    rooms: fc.array(fc.record({ id: roomIds, title: texts, access: accesses }), { maxLength: 3 }),
  }),
);

const facts12: fc.Arbitrary<ServerFacts> = fc.record({
  version: fc.constant("0.1.0"),
  since: times,
  users: numbers,
  usersMax: numbers,
  online: numbers,
  onlineMax: numbers,
  rooms: numbers,
  roomsMax: numbers,
  messagesIn: fc.nat(2 ** 31 - 1),
  messagesOut: numbers,
  bytesIn: fc.maxSafeNat(),
  bytesOut: numbers,
});

/** All but `renewed`, which answers a log-out. */
export function inputOf(
  frames: fc.Arbitrary<Frame>,
  protocol: AnyProtocol,
): fc.Arbitrary<Input<unknown>> {
  const said = fc.tuple(frames, fc.boolean()).map(([frame, isCrowded]): Input<unknown> => {
    const decoded = protocol.decode(frame);
    if (decoded.ok) return { on: "said", said: decoded.value, ...(isCrowded ? { isCrowded } : {}) };
    return { on: "garbled", code: decoded.code, facts: decoded.facts };
  });
  const told = tolds.map((it): Input<unknown> => ({ on: "told", told: it }));
  const change = fc.array(fc.tuple(userIds, statuses), { maxLength: 3 });
  return fc.oneof(
    { weight: 6, arbitrary: said },
    { weight: 4, arbitrary: told },
    {
      weight: 1,
      arbitrary: change.map((it): Input<unknown> => ({ on: "statuses", statuses: it })),
    },
    { weight: 1, arbitrary: fc.constant<Input<unknown>>({ on: "there", users: ["a" as UserId] }) },
    { weight: 1, arbitrary: fc.constant<Input<unknown>>({ on: "tick" }) },
    { weight: 1, arbitrary: answers },
    { weight: protocol.hears === "each" ? 3 : 0, arbitrary: newsFor(protocol) },
  );
}

const answers: fc.Arbitrary<Input<unknown>> = fc.oneof(
  fc.record({ on: fc.constant("found"), request: requests, found }),
  fc.record({ on: fc.constant("counted"), request: requests, facts: facts12 }),
  fc.record({
    on: fc.constant("minted"),
    token: fc.option(texts, { nil: undefined }),
    request: requests,
  }),
);

function newsFor(protocol: AnyProtocol): fc.Arbitrary<Input<unknown>> {
  return fc.oneof(
    fc
      .tuple(roomIds, fc.array(roomEvents, { maxLength: 3 }))
      .map(([room, events]): Input<unknown> => {
        return { on: "heard", room, events, frames: protocol.broadcast(room, events) };
      }),
    fc.record({ on: fc.constant("changed"), user: userIds, was: statuses, status: statuses }),
    fc.record(
      { on: fc.constant("about"), user: userIds, nickname: texts, description: texts },
      { requiredKeys: ["on", "user"] },
    ),
  );
}
