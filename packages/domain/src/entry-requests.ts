/** Rooms by permission: who asks to enter, and what owner or admins say to it. */
import { type Case, done, type Of, refuse } from "./case.ts";
import { isInCharge } from "./charter.ts";
import { factsOf, objection } from "./created.ts";
import { enroll } from "./membership.ts";
import { entryRequestName, isNews } from "./notice.ts";
import { notify } from "./notifying.ts";
import { mintFor } from "./numbers.ts";
import type { EntryRequest } from "./record.ts";

/** Whoever asks again keeps its request; those in charge hear of it again, but not at once. */
export function askToEnter(it: Case<Of<"enter">>): void {
  const { state, room, command, scene } = it;
  const { charter } = room;
  const { user, born } = command;
  const most = scene.rules.requestsMax;
  const others = charter.requests.filter((request) => request.user !== user);
  if (others.length >= most) return refuse(it, "requests_limit", { most });
  const known = charter.requests.find((request) => request.user === user && request.born === born);
  const id = known?.id ?? mintFor(state, scene);
  if (!isNews(known, scene)) return done(it);
  charter.requests = [...others, { id, user, born, at: scene.now }];
  charter.isChanged = true;
  const request = entryRequestName(room.id, id);
  const asked = { request, at: scene.now, from: user, room: room.id };
  for (const subject of [charter.owner, ...charter.admins]) {
    notify(room, subject, { on: "entryAsked", ...asked }, scene);
  }
  done(it);
}

export function answerEntry(it: Answering): void {
  const { room, command } = it;
  const { charter } = room;
  const { id, how } = command;
  if (!isInCharge(charter, command)) return refuse(it, "rights_missing");
  const request = charter.requests.find((waiting) => waiting.id === id);
  if (request === undefined) return refuse(it, "request_unknown");
  if (how === "approve") {
    const code = objection(room, request.user);
    if (code !== undefined) return refuse(it, code, factsOf(code, charter)); // It goes on waiting.
  }
  charter.requests = charter.requests.filter((waiting) => waiting !== request);
  charter.isChanged = true;
  if (how === "approve") return letIn(it, request);
  if (how === "reject") reject(it, request);
  done(it);
}

/** Whether it can be a member is its shard's to say: that answers, and tells it. */
function letIn({ room, command, asker, scene }: Answering, { id, user, born }: EntryRequest): void {
  const approval = { request: entryRequestName(room.id, id), by: command.user };
  enroll(room, { user, born, asker, approval }, scene);
}

function reject({ room, scene }: Answering, { id, user, born }: EntryRequest): void {
  const request = entryRequestName(room.id, id);
  const notice = { on: "rejected", request, by: { room: room.id } } as const;
  scene.effects.send(user, { on: "notify", user, born, notice });
}

type Answering = Case<Of<"answerEntry">>;
