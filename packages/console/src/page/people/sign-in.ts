/** Who one is: the form before, the card after, and the second tab for somebody else. */
import { addressOf } from "../address.ts";
import { find, isFocusLost } from "../elements.ts";
import { shardOf, workings } from "../shard.ts";
import type { Credentials } from "../wire/credentials.ts";
import type { Status } from "../wire/message.ts";
import { WORDS } from "./roster.ts";

type Deeds = {
  readonly enter: (credentials: Credentials) => void;
  readonly leave: () => void;
  readonly away: (away: boolean) => void;
  readonly second: (name: string) => void;
};

type You = {
  readonly name: string;
  readonly signedIn: boolean;
  readonly member: boolean;
  readonly status: Status | "unknown";
  readonly room: string;
  readonly other: string; // The name for the second tab.
  readonly shardCount: number | undefined;
};

export type SignIn = {
  render(you: You): void;
  /** This name is not free: opens what can prove it, and says so. */
  askForProof(name: string): string;
};

export function openSignIn(name: string, { enter, leave, away, second }: Deeds): SignIn {
  const form = find("sign-in", HTMLFormElement);
  const field = find("name", HTMLInputElement);
  const token = find("token", HTMLInputElement);
  const password = find("password", HTMLInputElement);
  const link = find("second-tab", HTMLAnchorElement);
  const awayButton = find("away", HTMLButtonElement);
  let now: You | undefined;
  let next = field; // What wants the focus when the form comes back.

  field.value = name;
  (name === "" ? field : find("enter", HTMLButtonElement)).focus({ preventScroll: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const id = field.value.trim();
    if (id === "") return;
    if (password.value !== "") return enterWith(id, false);
    enter({ as: "guest", name: id, token: token.value.trim() });
  });
  find("sign-up", HTMLButtonElement).addEventListener("click", () => {
    password.required = true;
    if (form.reportValidity()) enterWith(field.value.trim(), true);
    password.required = false;
  });

  /** The field is emptied at once: nobody keeps the password but for the answer. */
  function enterWith(id: string, isNew: boolean): void {
    const proof = { by: "password", password: password.value, isNew } as const;
    password.value = "";
    enter({ as: "member", name: id, proof });
  }

  field.addEventListener("input", () => preview(field.value.trim(), now?.shardCount));
  find("sign-out", HTMLButtonElement).addEventListener("click", leave);
  awayButton.addEventListener("click", () => away(now?.status !== "away"));
  link.addEventListener("click", () => second(now?.other ?? ""));

  return {
    render(you) {
      const entered = now?.signedIn !== you.signedIn;
      now = you;
      form.hidden = you.signedIn;
      find("you", HTMLElement).hidden = !you.signedIn;
      find("your-name", HTMLElement).textContent = you.name;
      find("your-dot", HTMLElement).className = `dot ${you.status}`;
      find("your-status", HTMLElement).textContent = WORDS[you.status];
      find("your-kind", HTMLElement).textContent = you.member ? "with an account" : "a guest";
      awayButton.textContent = you.status === "away" ? "I am back" : "Set away";
      link.href = addressOf({
        name: you.other,
        room: you.room,
        friends: you.name === "" ? [] : [you.name],
      });
      link.textContent = `Open a second tab as ${you.other}`;
      if (entered && !you.signedIn) {
        if (next !== field || isFocusLost()) next.focus({ preventScroll: true });
        next = field;
      }
      preview(you.signedIn ? you.name : field.value.trim(), you.shardCount);
    },
    askForProof(name) {
      find("token-fold", HTMLDetailsElement).open = true;
      password.focus(); // It cannot while the form is put away.
      next = document.activeElement === password ? field : password;
      return `“${name}” is not free: it has an account, or this server lets in nobody without a token. Give the password, or a token.`;
    },
  };
}

/** The name's shard, worked out while it is typed. */
function preview(id: string, shardCount: number | undefined): void {
  const known = id !== "" && shardCount !== undefined;
  const where = known ? `“${id}” lives on shard ${shardOf(id, shardCount)} of ${shardCount}` : "";
  const how = known ? workings(id, shardCount) : "";
  for (const place of document.querySelectorAll(".shard-where")) place.textContent = where;
  for (const place of document.querySelectorAll(".shard-how")) place.textContent = how;
  for (const fold of document.querySelectorAll<HTMLElement>(".shard-fold")) fold.hidden = !known;
}
