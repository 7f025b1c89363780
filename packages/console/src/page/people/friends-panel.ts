/** The friends list: each with a dot, a word, a shard, and what one can do. */
import { button, find, make } from "../elements.ts";
import { shardOf } from "../shard.ts";
import { type Roster, WORDS } from "./roster.ts";

type Now = {
  readonly roster: Roster;
  /** With an account: friends are asked, and can be talked to. */
  readonly member: boolean;
  readonly shardCount: number | undefined;
};

type FriendsPanel = { render(now: Now): void };

type Deeds = {
  readonly add: (id: string) => void;
  readonly remove: (id: string) => void;
  readonly invite: (id: string) => void;
  readonly talk: (id: string) => void;
  readonly ask: () => void;
};

export function openFriendsPanel({ add, remove, invite, talk, ask }: Deeds): FriendsPanel {
  const list = find("friends", HTMLUListElement);
  const empty = find("no-friends", HTMLElement);
  const field = find("friend-name", HTMLInputElement);
  const go = find("add", HTMLButtonElement);
  const rows = new Map<string, Row>();

  find("add-friend", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const id = field.value.trim();
    if (id === "") return;
    field.value = "";
    add(id);
  });
  find("who", HTMLButtonElement).addEventListener("click", ask);

  return {
    render({ roster: { friends, statuses }, member, shardCount }) {
      empty.hidden = friends.size > 0;
      empty.textContent = member ? NO_FRIENDS_YET : NOBODY_YET;
      go.textContent = member ? "Ask" : "Add";
      for (const [id, { item }] of rows) {
        if (friends.has(id)) continue;
        item.remove();
        rows.delete(id);
      }
      for (const id of friends) {
        const row = rows.get(id) ?? friendRow(id, { remove, invite, talk });
        if (!rows.has(id)) list.append(row.item);
        rows.set(id, row);
        row.talk.hidden = !member;
        row.item.classList.toggle("member", member);
        const status = statuses.get(id) ?? "unknown";
        row.dot.className = `dot ${status}`;
        if (row.word.textContent !== WORDS[status]) row.word.textContent = WORDS[status];
        row.shard.textContent = shardCount === undefined ? "" : `shard ${shardOf(id, shardCount)}`;
      }
    },
  };
}

type Row = {
  readonly item: HTMLLIElement;
  readonly dot: HTMLElement;
  readonly word: HTMLElement;
  readonly shard: HTMLElement;
  readonly talk: HTMLButtonElement;
};

const NOBODY_YET =
  "Nobody yet. Add a name, also of somebody who is not there: you will see them come.";
const NO_FRIENDS_YET =
  "Nobody yet. Ask somebody who has an account: friends are friends on both sides.";

type Offered = Pick<Deeds, "remove" | "invite" | "talk">;

function friendRow(id: string, { remove, invite, talk }: Offered): Row {
  const dot = make("span", { class: "dot" });
  const word = make("span", { class: "word" });
  const shard = make("span", { class: "shard" });
  const now = make("span", { class: "meta" }, word, shard);
  const about = make("span", { class: "about" }, make("b", { text: id }), now);
  const write = button({
    class: "small",
    text: "Write",
    label: `Write to ${id}`,
    click: () => talk(id),
  });
  const item = make(
    "li",
    {},
    dot,
    about,
    write,
    button({ class: "small", text: "Invite", label: `Invite ${id}`, click: () => invite(id) }),
    button({ class: "small quiet", text: "✕", label: `Remove ${id}`, click: () => remove(id) }),
  );
  item.dataset["friend"] = id;
  return { item, dot, word, shard, talk: write };
}
