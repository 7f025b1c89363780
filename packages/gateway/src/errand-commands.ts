/** What an errand asks of the shards, step by step. */
import type { Born, Command, Proof } from "@roundhouse/domain";
import type { RoomId, SessionId, UserId } from "@roundhouse/kernel";
import type { Errand } from "@roundhouse/protocol";

/** Whose errand it is, and under which number its answers come back. */
export type Errander = {
  readonly session: SessionId;
  readonly request: number;
  readonly address: string;
};

export type SignUp = Extract<Errand, { on: "signUp" }>;
/** A password is checked against an account's. */
export type Checked = Extract<Errand, { on: "logIn" | "deleteAccount" | "setPassword" }>;
export type RoomWork = Extract<Errand, { on: "create" | "adjust" }>;
export type Entry = Extract<Errand, { on: "enter" }>;

/** The user or the room that it is about. */
export function subjectOf(errand: Errand): UserId | RoomId {
  switch (errand.on) {
    case "signUp":
    case "deleteAccount":
    case "setPassword":
      return errand.user;
    case "logIn":
      return errand.attach.user;
    case "create":
      return errand.create.room;
    case "adjust":
      return errand.adjust.room;
    case "enter":
      return errand.enter.room;
  }
}

export function roomOf(errand: Errand): RoomId | undefined {
  switch (errand.on) {
    case "create":
    case "adjust":
    case "enter":
      return subjectOf(errand) as RoomId;
    case "signUp":
    case "logIn":
    case "deleteAccount":
    case "setPassword":
      return undefined;
  }
}

export function isChecked(errand: Errand): errand is Checked {
  return errand.on === "logIn" || errand.on === "deleteAccount" || errand.on === "setPassword";
}

/** The one that is to be checked. */
export function givenPassword(errand: Checked): string {
  return errand.on === "setPassword" ? errand.old : errand.password;
}

export function askCredentials(errand: Checked, asker: Errander): Command {
  const { session, request, address } = asker;
  const user = subjectOf(errand) as UserId;
  return { on: "credentials", user, session, request, address };
}

export function askEntry({ enter, password }: Entry, asker: Errander, proof?: Proof): Command {
  const hasPassword = password !== undefined;
  return { ...enter, on: "enter", hasPassword, turn: proof?.turn, ...asker };
}

export function askSignUp({ user, nickname }: SignUp, asker: Errander, hash: string): Command {
  const { session, request } = asker;
  return { on: "signUp", user, nickname, hash, session, request };
}

/** Without a hash the room takes no password. */
export function askRoom(errand: RoomWork, asker: Errander, hash: string | undefined): Command {
  const { session, request } = asker;
  if (errand.on === "create") return { ...errand.create, on: "create", hash, session, request };
  const { changes } = errand.adjust;
  const hashed = hash === undefined ? changes : { ...changes, hash };
  return { ...errand.adjust, on: "adjust", changes: hashed, session, request };
}

/** What a right password leads to; `hash` is that of a new one. */
export function askProven(
  errand: Checked,
  { session, request, address }: Errander,
  { born, turn, hash }: { readonly born: Born; readonly turn: number; readonly hash: string },
): Command {
  switch (errand.on) {
    case "logIn": {
      const credentials = { born, turn, address };
      return { ...errand.attach, on: "attach", proven: true, credentials, session, request };
    }
    case "deleteAccount":
      return { on: "deleteAccount", user: errand.user, turn, session, request, address };
    case "setPassword":
      return { on: "setPassword", user: errand.user, turn, hash, session, request, address };
  }
}
