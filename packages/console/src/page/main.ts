/** The page put together: one link to the server, one room at a time, and the panels that show them. */
import { addressOf, parseAddress, somebodyElse } from "./address.ts";
import { find } from "./elements.ts";
import { openControls } from "./game/controls.ts";
import { openRoom, type Room } from "./game/room.ts";
import { openRoomPanel } from "./game/room-panel.ts";
import { openStage } from "./game/stage.ts";
import { allHome, wayHome } from "./game/words.ts";
import { emptyWorld, type World } from "./game/world.ts";
import { openFriendsPanel } from "./people/friends-panel.ts";
import { linkWords, nextStep } from "./people/link-words.ts";
import { openNotices } from "./people/notices.ts";
import {
  difference,
  emptyRoster,
  hear,
  type Roster,
  unheard,
  watched,
  withFriend,
  withoutFriend,
} from "./people/roster.ts";
import { openSignIn } from "./people/sign-in.ts";
import { discoverShardCount } from "./shard.ts";
import { type LinkState, openLink } from "./wire/link.ts";
import type { Message, Status } from "./wire/message.ts";
import { openWirePanel } from "./wire/wire-panel.ts";

const address = parseAddress(location.search);
let self = "";
let state: LinkState = { at: "idle" };
let roster: Roster = { ...emptyRoster, friends: new Set(address.friends) };
let told: ReadonlySet<string> = new Set(); // Whom the server knows that we watch.
let room: Room | undefined;
let shardCount: number | undefined;

const notices = openNotices();
const wire = openWirePanel((text) => link.sendRaw(text));
const link = openLink({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/`,
  changed: linkChanged,
  heard,
  frame: wire.add,
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
  remove,
  invite,
  ask: () => link.send("whothere", {}),
});
const signIn = openSignIn(address.name, {
  enter(credentials) {
    self = credentials.name;
    link.enter(credentials);
  },
  leave() {
    leave(true);
    link.leave();
  },
  away: (away) => link.send("status", away ? "away" : "online"),
  second: add, // Whom one opens a tab for, one wants to see come online.
});

function linkChanged(next: LinkState): void {
  state = next;
  if (next.at !== "live") {
    told = new Set();
    roster = unheard(roster);
  }
  if (next.at === "live") {
    watch();
    room?.enter([]);
  }
  if (next.at === "refused") {
    leave(false);
    notices.error("connection", next.why);
    if (next.why.includes("token")) signIn.unfoldToken();
  }
  refresh();
}

function heard(message: Message): void {
  switch (message.command) {
    case "idyou":
      return;
    case "userchange":
      return presenceChanged(message.statuses);
    case "invite":
      return notices.invite(message.channel, () => join(message.channel, []));
    case "there":
      return notices.there(message.ids.filter((id) => id !== self).slice(0, 20), add);
    case "error":
      if (message.code === "not_a_member") leave(false);
      if (ROOM_SHUT.has(message.code) && room?.world().helloSeq === undefined) leave(false);
      return notices.error(message.code, message.message);
    case "game":
      if (message.channel === room?.channel) room.hear(message.actions, message.seq);
  }
}

const ROOM_SHUT: ReadonlySet<string> = new Set(["room_full", "rooms_limit", "room_name_invalid"]);

function presenceChanged(statuses: ReadonlyMap<string, Status>): void {
  const before = roster.statuses;
  roster = hear(roster, statuses);
  for (const [id, status] of statuses) {
    if (status === "offline" && id !== self) room?.lost(id);
    const news = before.has(id) && before.get(id) !== status && roster.friends.has(id);
    if (news) find("announcement", HTMLElement).textContent = `${id} is ${status}`;
  }
  refresh();
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
  const mates = [...world.engines.keys()];
  if (mates.length !== roster.mates.size || mates.some((id) => !roster.mates.has(id))) {
    roster = { ...roster, mates: new Set(mates) };
    watch();
  }
  refresh();
}

function add(id: string): void {
  if (id === self) return notices.say("That is you: how others see you stands beside your name.");
  roster = withFriend(roster, id);
  watch();
}

function remove(id: string): void {
  roster = withoutFriend(roster, id);
  watch();
}

function invite(id: string): void {
  if (state.at !== "live") return;
  if (room === undefined) join(find("room-name", HTMLInputElement).value.trim() || "CStrike", [id]);
  else link.send("invite", { channel: room.channel, user: id });
  const waits = roster.statuses.get(id) === "offline" ? ": it waits until they come online" : "";
  notices.say(`Invitation sent to ${id}${waits}.`);
}

/** Tells the server what changed in whom we watch. */
function watch(): void {
  refresh();
  if (state.at !== "live") return;
  const now = watched(self, roster);
  const { subscribe, unsubscribe } = difference(told, now);
  told = now;
  if (subscribe.length > 0) link.send("subscribe", subscribe);
  if (unsubscribe.length > 0) link.send("unsubscribe", unsubscribe);
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
  signIn.render({ name, signedIn, status, room: room?.channel ?? address.room, other, shardCount });
  friendsPanel.render(roster, shardCount);
  roomPanel.render({ channel: room?.channel, world, live, hint, shardCount });
  if (signedIn) {
    document.title = `${self} · Roundhouse`;
    history.replaceState(
      null,
      "",
      addressOf({ name: self, room: room?.channel ?? address.room, friends }),
    );
  }
}

render();
shardCount = await discoverShardCount();
render();
