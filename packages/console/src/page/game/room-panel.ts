/** The room one is in: its door, its name and shard, its crew. */
import { find, isFocusLost, make } from "../elements.ts";
import { shardOf } from "../shard.ts";
import { paintOf } from "./paint.ts";
import { homeOf, isHome, stallOfTrack } from "./place.ts";
import { boardWords } from "./words.ts";
import type { World } from "./world.ts";

type Now = {
  readonly channel: string | undefined;
  readonly world: World | undefined;
  readonly live: boolean;
  readonly hint: string;
  readonly shardCount: number | undefined;
};

export type RoomPanel = { render(now: Now): void };

type Deeds = { readonly join: (channel: string) => void; readonly leave: () => void };

export function openRoomPanel(channel: string, { join, leave }: Deeds): RoomPanel {
  const field = find("room-name", HTMLInputElement);
  field.value = channel === "" ? "CStrike" : channel;
  const form = find("join-room", HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = field.value.trim();
    if (name !== "") join(name);
  });
  find("leave-room", HTMLButtonElement).addEventListener("click", leave);
  const board = find("board", HTMLElement);
  const crew = find("crew", HTMLUListElement);
  let crewShown = "";

  return {
    render({ channel, world, live, hint, shardCount }) {
      const inside = channel !== undefined;
      const opens = form.hidden && !inside && live;
      form.hidden = inside || !live;
      // What had the focus is gone with the form before this one: Enter shall go on from here.
      if (opens && isFocusLost()) find("join", HTMLElement).focus();
      find("in-room", HTMLElement).hidden = !inside;
      find("pads", HTMLElement).hidden = !inside;
      board.classList.toggle("asleep", !inside || !live);
      find("hint", HTMLElement).textContent = hint;
      find("caption", HTMLElement).textContent = world === undefined ? "" : boardWords(world);
      if (inside) {
        const shard =
          shardCount === undefined ? "" : `shard ${shardOf(channel, shardCount)} of ${shardCount}`;
        find("channel", HTMLElement).textContent = channel;
        find("room-shard", HTMLElement).textContent = shard;
      }
      // The crew changes seldom, the world many times a second.
      const members = inside && world !== undefined ? crewOf(world) : [];
      const shown = JSON.stringify(members);
      if (shown === crewShown) return;
      crewShown = shown;
      crew.replaceChildren(...members.map(memberRow));
    },
  };
}

type Member = { readonly name: string; readonly about: string };

function crewOf(world: World): readonly Member[] {
  return [...world.engines].map(([name, { place, dozing }]) => {
    const stall = stallOfTrack(homeOf(name));
    const about = isHome(name, place) ? `home in stall ${stall}` : `lives in stall ${stall}`;
    return {
      name,
      about: `${name === world.self ? "you, " : ""}${about}${dozing ? ", dozing" : ""}`,
    };
  });
}

function memberRow({ name, about }: Member): HTMLLIElement {
  const swatch = make("span", { class: "swatch" });
  swatch.style.setProperty("--paint", paintOf(name));
  return make(
    "li",
    {},
    swatch,
    make("b", { text: name }),
    make("span", { class: "word", text: about }),
  );
}
