/** What a version 2 client says of accounts, friends and created rooms. */
import type { Access, Adjustment, HowAnswered, parseRequestName } from "@roundhouse/domain";
import type { RoomId, UserId } from "@roundhouse/kernel";

/** Before anybody is named, and after. */
export type SigningUp = {
  readonly command: "signup";
  readonly id: UserId;
  readonly password: string;
  readonly nickname: string;
};

export type LoggingIn = {
  readonly command: "login";
  readonly id: UserId;
  readonly password: string;
  readonly resume: string | undefined;
  readonly seen: ReadonlyMap<RoomId, number>;
};

/** What anybody with a name may say. */
export type Asking =
  | { readonly command: "say"; readonly channel: RoomId; readonly text: string }
  | { readonly command: "profile"; readonly user: UserId }
  | { readonly command: "about"; readonly channel: RoomId }
  | { readonly command: "search"; readonly kind: "users" | "rooms"; readonly prefix: string };

/** What needs an account. */
export type OfAccount =
  | { readonly command: "password"; readonly old: string; readonly password: string }
  | {
      readonly command: "describe";
      readonly nickname: string | undefined;
      readonly description: string | undefined;
    }
  | { readonly command: "befriend" | "whisper"; readonly user: UserId; readonly text: string }
  | { readonly command: "answer"; readonly name: Name; readonly how: HowAnswered }
  | { readonly command: "unfriend"; readonly user: UserId }
  /** It has got what was kept for it. */
  | { readonly command: "heed" };

/** What needs an account, and rights in a created room. */
export type OfRoom =
  | {
      readonly command: "create";
      readonly channel: RoomId;
      readonly title: string;
      readonly access: Access;
      readonly password: string | undefined;
    }
  | { readonly command: "enter"; readonly channel: RoomId; readonly password: string | undefined }
  | { readonly command: "remove"; readonly channel: RoomId; readonly user: UserId }
  | {
      readonly command: "ban" | "admin";
      readonly channel: RoomId;
      readonly user: UserId;
      /** Or no longer. */
      readonly isSo: boolean;
    }
  | {
      readonly command: "adjust";
      readonly channel: RoomId;
      readonly changes: Adjustment;
      readonly password: string | undefined;
    }
  | { readonly command: "dissolve"; readonly channel: RoomId };

type Name = NonNullable<ReturnType<typeof parseRequestName>>;
export type AccountSaid = SigningUp | LoggingIn | Asking | OfAccount | OfRoom;
/** With the number that its answer shall carry. */
export type Numbered<Said> = Said & { readonly request?: number | undefined };
