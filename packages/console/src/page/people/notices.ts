/** Cards that come up and can be put away: invitations, errors, what the server had to say. */
import { button, find, make } from "../elements.ts";

export type Notices = {
  invite(channel: string, join: () => void): void;
  /** A room that takes members only: with its password, or by asking. */
  door(channel: string, enter: (password: string) => void): void;
  error(code: string, message: string): void;
  say(text: string): void;
  /** The names that whothere found, each to be added with one press. */
  there(ids: readonly string[], add: (id: string) => void): void;
};

export function openNotices(): Notices {
  const region = find("notices", HTMLElement);

  function card(key: string, kind: string, ...content: readonly Node[]): HTMLElement {
    for (const old of region.children)
      if (old instanceof HTMLElement && old.dataset["key"] === key) old.remove();
    while (region.childElementCount >= CARDS_MAX) region.firstElementChild?.remove();
    const made = make("div", { class: `notice ${kind}` }, ...content);
    made.dataset["key"] = key;
    made.append(
      button({ class: "small quiet", text: "✕", label: "Dismiss", click: () => made.remove() }),
    );
    region.append(made);
    return made;
  }
  const words = (...parts: readonly (Node | string)[]): HTMLElement => {
    const line = make("p");
    line.append(...parts);
    return line;
  };

  return {
    invite(channel, join) {
      const accept = (): void => {
        made.remove();
        join();
      };
      const go = button({
        class: "primary small",
        text: "Join",
        label: `Join ${channel}`,
        click: accept,
      });
      const text = words("You are invited to the room ", make("b", { text: channel }), ".");
      const made = card(`invite ${channel}`, "invite", text, go);
    },
    door(channel, enter) {
      const field = make("input");
      field.type = "password";
      field.autocomplete = "off";
      field.setAttribute("aria-label", `The password of ${channel}`);
      const form = make("form", { class: "row" }, field, make("button", { text: "Enter" }));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        made.remove();
        enter(field.value);
      });
      const name = make("b", { text: channel });
      const how = " takes members only. Give its password, or none to ask its owner.";
      const made = card(`door ${channel}`, "invite", words("The room ", name, how), form);
    },
    error(code, message) {
      card(`error ${code}`, "error", words(make("code", { text: code || "error" }), ` ${message}`));
    },
    say(text) {
      const made = card(`say ${text}`, "said", words(text));
      setTimeout(() => made.remove(), SAID_MS);
    },
    there(ids, add) {
      const names = ids.map((id) =>
        button({
          class: "chip",
          text: id,
          label: `Add ${id} to your friends`,
          click: () => add(id),
        }),
      );
      const text =
        ids.length === 0
          ? "Nobody else is on your shard now."
          : "On your shard now (press to add):";
      card("there", "said", words(text), make("div", { class: "chips" }, ...names));
    },
  };
}

const CARDS_MAX = 5;
const SAID_MS = 6_000;
