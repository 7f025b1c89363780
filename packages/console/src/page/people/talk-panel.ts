/** Where one talks: what was said, and a line to say something in the room or to a friend. */
import { find, make } from "../elements.ts";
import { headOf, LINES_MAX, type Line, type Place } from "./talk.ts";

export type TalkPanel = {
  add(line: Line, self: string): void;
  /** Whom one can talk to: the room one is in, and friends. */
  render(places: readonly Place[]): void;
  /** To this friend now. */
  turnTo(friend: string): void;
  clear(): void;
};

export function openTalkPanel(say: (place: Place, text: string) => void): TalkPanel {
  const card = find("talk", HTMLElement);
  const lines = find("lines", HTMLElement);
  const form = find("talk-form", HTMLFormElement);
  const choice = find("talk-to", HTMLSelectElement);
  const field = find("talk-text", HTMLInputElement);
  let shown: readonly Place[] = [];

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const place = shown[choice.selectedIndex];
    const text = field.value.trim();
    if (place === undefined || text === "") return;
    field.value = "";
    say(place, text);
  });

  function show(places: readonly Place[]): void {
    const was = choice.value;
    shown = places;
    choice.replaceChildren(...places.map(option));
    if (places.some((place) => keyOf(place) === was)) choice.value = was;
    form.hidden = places.length === 0;
    card.hidden = places.length === 0 && lines.childElementCount === 0;
  }

  return {
    add(line, self) {
      const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
      lines.append(row(line, self));
      while (lines.childElementCount > LINES_MAX) lines.firstElementChild?.remove();
      if (atEnd) lines.scrollTop = lines.scrollHeight;
      card.hidden = false;
    },
    render(places) {
      if (JSON.stringify(places) !== JSON.stringify(shown)) show(places);
    },
    turnTo(friend) {
      choice.value = keyOf({ in: "private", friend });
      field.focus();
    },
    clear() {
      lines.replaceChildren();
      show([]);
    },
  };
}

const keyOf = (place: Place): string => JSON.stringify(place);

function option(place: Place): HTMLOptionElement {
  const text = place.in === "room" ? `in ${place.channel}` : `to ${place.friend}`;
  const made = make("option", { text });
  made.value = keyOf(place);
  return made;
}

function row(line: Line, self: string): HTMLElement {
  const time = new Date(line.at).toTimeString().slice(0, 5);
  const head = make("b", { text: headOf(line, self) });
  const item = make("p", {}, head, make("time", { text: time }), make("span", { text: line.text }));
  item.dataset["from"] = line.from;
  return item;
}
