/** The wire, frame by frame as it is: a bounded list, explained, paused, filtered, and open to one's own frames. */
import { button, find, make } from "../elements.ts";
import { examples, explain } from "./commands.ts";
import { tokensOf } from "./json-tokens.ts";
import { commandOf, parseJson } from "./message.ts";

type Frame = { readonly direction: "in" | "out"; readonly text: string; readonly at: Date };

export type WirePanel = { add(direction: "in" | "out", text: string): void };

/** Says what is wrong, if it could not be sent. */
type SendRaw = (text: string) => string | undefined;

export function openWirePanel(sendRaw: SendRaw): WirePanel {
  const list = find("frames", HTMLDivElement);
  const pause = find("pause", HTMLButtonElement);
  const hideGame = find("hide-game", HTMLInputElement);
  const count = find("frame-count", HTMLElement);
  const waiting: Frame[] = [];
  let [total, scheduled, paused] = [0, false, false];

  function flush(): void {
    scheduled = false;
    if (paused) {
      pause.textContent = waiting.length === 0 ? "Resume" : `Resume (${waiting.length})`;
      return;
    }
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(...waiting.splice(0).map(row));
    while (list.childElementCount > ROWS_MAX) list.firstElementChild?.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
    count.textContent = total === 0 ? "" : String(total);
  }

  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = "Pause";
    flush();
  });
  find("clear", HTMLButtonElement).addEventListener("click", () => {
    waiting.length = 0;
    total = 0;
    list.replaceChildren();
    flush();
  });
  hideGame.addEventListener("change", () => {
    list.classList.toggle("without-game", hideGame.checked);
    list.scrollTop = list.scrollHeight;
  });
  openExplanation(list);
  openOwnFrame(sendRaw);

  return {
    add(direction, text) {
      total++;
      waiting.push({ direction, text, at: new Date() });
      if (waiting.length > ROWS_MAX) waiting.shift();
      if (scheduled) return;
      scheduled = true;
      // One change of the page for all frames of a moment, also in a tab nobody looks at.
      setTimeout(flush, 50);
    },
  };
}

const ROWS_MAX = 300;
const TEXT_LENGTH_MAX = 2_000;

let rowCount = 0;
function row({ direction, text, at }: Frame): HTMLDivElement {
  const time = `${at.toTimeString().slice(0, 8)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  const shown = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
  const code = make("code");
  for (const { kind, text: piece } of tokensOf(shown)) {
    if (piece.startsWith(",")) code.append(",", make("wbr"), piece.slice(1));
    else code.append(kind === "plain" ? piece : make("span", { class: `t-${kind}`, text: piece }));
  }
  const way = make("b", {}, document.createTextNode(direction === "in" ? "←" : "→"));
  way.append(make("span", { class: "unseen", text: direction === "in" ? "received" : "sent" }));
  const item = make("div", { class: direction }, way, make("time", { text: time }), code);
  item.id = `frame-${rowCount++}`;
  item.setAttribute("role", "option");
  item.dataset["command"] = commandOf(text);
  return item;
}

/** What the frame under the pointer, or chosen with the arrow keys, means. */
function openExplanation(list: HTMLElement): void {
  const words = find("explanation", HTMLElement);
  const first = words.textContent;
  let chosen: Element | undefined;

  function choose(item: Element | undefined): void {
    chosen?.setAttribute("aria-selected", "false");
    chosen = item;
    item?.setAttribute("aria-selected", "true");
    if (item === undefined) list.removeAttribute("aria-activedescendant");
    else list.setAttribute("aria-activedescendant", item.id);
    const command = item instanceof HTMLElement ? (item.dataset["command"] ?? "") : "";
    words.replaceChildren(
      ...(item === undefined
        ? [first]
        : [make("code", { text: command || "no command" }), ` ${explain(command)}`]),
    );
  }
  const itemOf = (target: EventTarget | null): Element | undefined =>
    (target instanceof Element && target.closest("[role='option']")) || undefined;

  list.addEventListener("pointerover", ({ target }) => choose(itemOf(target) ?? chosen));
  list.addEventListener("click", ({ target }) => choose(itemOf(target) ?? chosen));
  list.addEventListener("keydown", (event) => {
    const near = chosen?.isConnected === true ? chosen : undefined;
    const items = [...list.children].filter((it) => it.getClientRects().length > 0);
    const now = near === undefined ? items.length : items.indexOf(near);
    const next = { ArrowUp: now - 1, ArrowDown: now + 1, Home: 0, End: items.length - 1 }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    choose(items[Math.max(0, Math.min(items.length - 1, next))]);
    chosen?.scrollIntoView({ block: "nearest" });
  });
}

function openOwnFrame(sendRaw: SendRaw): void {
  const field = find("own-frame", HTMLInputElement);
  const verdict = find("own-verdict", HTMLElement);
  const frames = examples();
  const judge = (): void => {
    const text = field.value.trim();
    const bad = text !== "" && parseJson(text) === undefined;
    verdict.textContent = bad ? "Not JSON: you may send it; see what the server makes of it." : "";
  };
  field.addEventListener("input", judge);
  find("own-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value === "") return;
    const trouble = sendRaw(field.value);
    if (trouble === undefined) judge();
    else verdict.textContent = trouble;
  });
  find("examples", HTMLElement).append(
    ...[...frames].map(([command, text]) => {
      const take = (): void => {
        field.value = text;
        field.focus();
        judge();
      };
      const chip = button({ class: "chip", text: command, click: take });
      chip.title = explain(command);
      return chip;
    }),
  );
}
