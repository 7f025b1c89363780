/** Finds and makes elements of the page; a missing one is a bug of the page and says so. */

export function find<Found extends Element>(id: string, kind: new () => Found): Found {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`The page has no ${kind.name} #${id}`);
}

type Made = {
  readonly class?: string;
  readonly text?: string;
  readonly label?: string;
  readonly click?: () => void;
};

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { class: name, text, label, click }: Made = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (name !== undefined) element.className = name;
  if (text !== undefined) element.textContent = text;
  if (label !== undefined) element.setAttribute("aria-label", label);
  if (click !== undefined) element.addEventListener("click", click);
  element.append(...children);
  return element;
}

/** A button that does not submit the form it may stand in. */
export function button(made: Made): HTMLButtonElement {
  const element = make("button", made);
  element.type = "button";
  return element;
}

/** Whether the keyboard's focus is nowhere: what had it was just put away. */
export function isFocusLost(): boolean {
  const focus = document.activeElement;
  return focus === null || focus === document.body || focus.getClientRects().length === 0;
}
