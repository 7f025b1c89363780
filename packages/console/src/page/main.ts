/** The page put together: one link to the server, one room at a time, and the panels that show them. */
import { addressOf, parseAddress, somebodyElse } from "./address.ts";
import { find } from "./elements.ts";
import { openControls } from "./game/controls.ts";
import { isShut, openRoom, type Room } from "./game/room.ts";
import { openRoomPanel } from "./game/room-panel.ts";
import { openStage } from "./game/stage.ts";
import { allHome, wayHome } from "./game/words.ts";
import { emptyWorld, type World } from "./game/world.ts";
import { openCircle } from "./people/circle.ts";
import { openCompany } from "./people/company.ts";
import { openConversation } from "./people/conversation.ts";
import { openFriendsPanel } from "./people/friends-panel.ts";
import { linkWords, nextStep } from "./people/link-words.ts";
import { openNotices } from "./people/notices.ts";
import { openSignIn } from "./people/sign-in.ts";
import { discoverShardCount } from "./shard.ts";
import { type Credentials, pocket } from "./wire/credentials.ts";
import { type LinkState, openLink } from "./wire/link.ts";
import type { Message } from "./wire/message.ts";
import { openWirePanel } from "./wire/wire-panel.ts";

const address = parseAddress(location.search);
let self = "";
let state: LinkState = { at: "idle" };
let room: Room | undefined;
let shardCount: number | undefined;

const notices = openNotices();
const wire = openWirePanel((text) => link.sendRaw(text));
const link = openLink({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`,
  changed: linkChanged,
  heard,
  frame: wire.add,
  token: pocket.keep,
});
const company = openCompany(address.friends, {
  self: () => self,
  send: link.send,
  changed: refresh,
  announce(words) {
    find("announcement", HTMLElement).textContent = words;
  },
});
const talk = openConversation({
  self: () => self,
  send: link.send,
  isMember: () => circle.isMember(),
  whisper: (friend, text) => circle.whisper(friend, text),
});
const circle = openCircle({
  ask: link.ask,
  notices,
  self: () => self,
  line: talk.line,
  friends: company.setFriends,
  join: (channel) => join(channel, []),
  leave: (channel) => channel === room?.channel && leave(false),
});
const stage = openStage({
  root: find("scene", SVGSVGElement),
  say: (play) => room?.say(play),
  barred: () => notices.say("The table waits: an engine is crossing its edge."),
});
openControls({
  board: find("board", HTMLElement),
  pads: find("pads", HTMLElement),
  stage,
  whistle: () => room?.say({ do: "whistle" }),
  isActive: () => room !== undefined && state.at === "live",
});
const roomPanel = openRoomPanel(address.room, {
  join: (channel) => join(channel, []),
  leave: () => leave(true),
});
const friendsPanel = openFriendsPanel({
  add,
  remove: (id) => (circle.isMember() ? circle.unfriend(id) : company.remove(id)),
  invite,
  talk: talk.turnTo,
  ask: () => link.send("whothere", {}),
});
const signIn = openSignIn(address.name, {
  enter,
  leave() {
    leave(true);
    signedOut();
    link.leave();
  },
  away: (away) => link.send("status", away ? "away" : "online"),
  // Whom one opens a tab for, one wants to see come online.
  second: (id) => circle.isMember() || company.add(id),
});

function enter(credentials: Credentials): void {
  self = credentials.name;
  link.enter(credentials);
}

function signedOut(): void {
  pocket.empty();
  if (circle.isMember()) company.setFriends(new Set());
  circle.close();
  talk.clear();
}

function linkChanged(next: LinkState): void {
  state = next;
  if (next.at === "live") {
    company.begin();
    room?.enter([]);
  } else company.end();
  if (next.at === "refused") {
    leave(false);
    signedOut();
    const needsProof = next.code === "token_missing";
    notices.error(next.code || "connection", needsProof ? signIn.askForProof(self) : next.why);
  }
  refresh();
}

function heard(message: Message): void {
  switch (message.command) {
    case "idyou":
    case "ok":
      return;
    case "userchange":
      for (const [id, status] of message.statuses) {
        if (status === "offline" && id !== self) room?.lost(id);
      }
      return company.hear(message.statuses);
    case "invite":
      return notices.invite(message.channel, () => join(message.channel, []));
    case "there":
      return notices.there(message.ids.filter((id) => id !== self).slice(0, 20), add);
    case "error":
      return refused(message);
    case "account":
    case "notice":
      return circle.hear(message);
    case "said": {
      const { channel, from, text, timestamp: at } = message;
      return talk.line({ place: { in: "room", channel }, from, text, at, kept: false });
    }
    case "game":
      if (message.channel !== room?.channel) return;
      talk.hear(message.channel, message.actions);
      room.hear(message.actions, message.seq);
  }
}

const GONE: ReadonlySet<string> = new Set(["not_a_member", "room_removed", "room_unknown"]);

function refused({ code, message }: Extract<Message, { command: "error" }>): void {
  const channel = room?.world().helloSeq === undefined ? room?.channel : undefined;
  if (GONE.has(code) || (isShut(code) && channel !== undefined)) leave(false);
  if (code !== "room_closed" || channel === undefined || !circle.isMember()) {
    return notices.error(code, message);
  }
  notices.door(channel, (password) => {
    const data = password === "" ? { channel } : { channel, password };
    link.ask("enter", data, (answer) => {
      if (answer.command === "ok") join(channel, []);
      else notices.error(answer.code, answer.message);
    });
  });
}

function join(channel: string, invited: readonly string[]): void {
  if (room?.channel === channel) return;
  leave(true);
  room = openRoom({ self, channel, send: link.send, changed: worldChanged });
  room.enter(invited);
  find("board", HTMLElement).focus({ preventScroll: true });
  refresh();
}

function leave(aloud: boolean): void {
  room?.leave(aloud);
  room = undefined;
  worldChanged(emptyWorld(""));
}

function worldChanged(world: World): void {
  stage.show(world);
  company.setMates([...world.engines.keys()]);
  refresh();
}

function add(id: string): void {
  if (id === self) return notices.say("That is you: how others see you stands beside your name.");
  if (circle.isMember()) circle.befriend(id);
  else company.add(id);
}

function invite(id: string): void {
  if (state.at !== "live") return;
  if (room === undefined) join(find("room-name", HTMLInputElement).value.trim() || "CStrike", [id]);
  else link.send("invite", { channel: room.channel, user: id });
  const isAway = company.roster().statuses.get(id) === "offline";
  notices.say(`Invitation sent to ${id}${isAway ? ": it waits until they come online" : ""}.`);
}

let refreshing = false;
function refresh(): void {
  if (refreshing) return;
  refreshing = true;
  setTimeout(render, 30);
}

function render(): void {
  refreshing = false;
  const live = state.at === "live";
  const signedIn = state.at !== "idle" && state.at !== "refused";
  const world = room?.world();
  const roster = company.roster();
  const member = circle.isMember();
  const friends = [...roster.friends];
  const here = friends.filter((id) => (roster.statuses.get(id) ?? "offline") !== "offline");
  const name = signedIn ? self : find("name", HTMLInputElement).value.trim();
  const other = somebodyElse(name === "" ? "ana" : name, [...here, ...roster.mates]);
  const pill = find("link-state", HTMLElement);
  pill.dataset["at"] = state.at;
  if (pill.textContent !== linkWords(state)) pill.textContent = linkWords(state);
  const hint = nextStep({
    live,
    inRoom: room !== undefined,
    friendCount: friends.length,
    engineCount: world?.engines.size ?? 0,
    other,
    wayHome: world === undefined ? "" : wayHome(world),
    allHome: world !== undefined && allHome(world),
  });
  const status = roster.statuses.get(self) ?? "unknown";
  const place = room?.channel ?? address.room;
  signIn.render({ name, signedIn, member, status, room: place, other, shardCount });
  friendsPanel.render({ roster, member, shardCount });
  roomPanel.render({ channel: room?.channel, world, live, hint, shardCount });
  talk.render(room?.channel, member ? friends : []);
  if (!signedIn) return;
  document.title = `${self} · Roundhouse`;
  const remembered = addressOf({ name: self, room: place, friends: member ? [] : friends });
  history.replaceState(null, "", remembered);
}

render();
const kept = pocket.kept();
if (kept !== undefined && (address.name === "" || address.name === kept.name)) enter(kept);
shardCount = await discoverShardCount();
render();
