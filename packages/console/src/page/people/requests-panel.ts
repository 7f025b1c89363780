/** Who asks to be a friend, or to enter a room of ours: each waits until it is answered. */
import { button, find, make } from "../elements.ts";
import type { Request } from "../wire/message.ts";

export type How = "approve" | "reject" | "ignore";

export type RequestsPanel = {
  /** The same one again is shown once, with its newest words. */
  add(request: Request): void;
  clear(): void;
};

export function openRequestsPanel(answer: (request: Request, how: How) => void): RequestsPanel {
  const list = find("requests", HTMLUListElement);

  const remove = (name: string): void => {
    for (const item of [...list.children]) {
      if (item instanceof HTMLElement && item.dataset["request"] === name) item.remove();
    }
  };

  return {
    add(request) {
      remove(request.request);
      const choices = CHOICES.map(({ how, text, kind }) =>
        button({
          class: kind,
          text,
          label: `${text} ${request.from}`,
          click: () => {
            remove(request.request);
            answer(request, how);
          },
        }),
      );
      const words = make("span", { class: "word", text: wordsOf(request) });
      const about = make("span", { class: "about" }, make("b", { text: request.from }), words);
      const item = make("li", {}, about, make("span", { class: "row" }, ...choices));
      item.dataset["request"] = request.request;
      list.append(item);
    },
    clear: () => list.replaceChildren(),
  };
}

function wordsOf({ channel, text }: Request): string {
  if (channel !== "") return `asks to enter the room ${channel}`;
  return text === "" ? "asks to be your friend" : `asks to be your friend: “${text}”`;
}

const CHOICES = [
  { how: "approve", text: "Accept", kind: "primary small" },
  { how: "reject", text: "Decline", kind: "small" },
  { how: "ignore", text: "Ignore", kind: "small quiet" },
] as const;
