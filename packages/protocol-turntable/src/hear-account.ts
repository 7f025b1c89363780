/** What a connection asks for by what it says of accounts, friends and created rooms. */
import type {
  AccountSaid,
  Asking,
  LoggingIn,
  Numbered,
  OfAccount,
  SigningUp,
} from "./account-said.ts";
import { confirmed, error } from "./answers.ts";
import { hearOfRoom } from "./hear-room.ts";
import type { Greeting, Live, Out, Turn } from "./state.ts";

export function logIn(session: Greeting, said: Numbered<LoggingIn>): Turn {
  const { id, version } = session;
  const { id: user, password, resume, request, seen } = said;
  const attach = { user, session: id, means: "idme", resume, takesNotices: true } as const;
  return [
    {
      at: "naming",
      id,
      version,
      attach: { ...attach, request },
      isByPassword: true,
      seen,
      waiting: [],
    },
    [{ to: "errand", errand: { on: "logIn", attach, password }, request }],
  ];
}

export function signUp({ id: user, password, nickname, request }: Numbered<SigningUp>): Out {
  return { to: "errand", errand: { on: "signUp", user, password, nickname }, request };
}

export function hearAccount(session: Live, said: Numbered<AccountSaid>): Turn {
  const { born } = session;
  switch (said.command) {
    case "login":
      return [session, [error("logged_in_already", {}, said.request)]];
    case "signup":
      return [session, [signUp(said)]];
    case "say":
    case "profile":
    case "about":
    case "search":
      return [session, [asked(session, said)]];
    case "password":
    case "describe":
    case "befriend":
    case "whisper":
    case "answer":
    case "unfriend":
    case "heed":
      return born === undefined ? unproven(session, said) : [session, hearOfAccount(session, said)];
    case "create":
    case "enter":
    case "remove":
    case "ban":
    case "admin":
    case "adjust":
    case "dissolve":
      return born === undefined
        ? unproven(session, said)
        : [session, [hearOfRoom(session, born, said)]];
  }
}

/** Who came under a free name: it may have become somebody else's account a moment ago. */
const unproven = (session: Live, { request }: Numbered<AccountSaid>): Turn => {
  return [session, [error("not_logged_in", {}, request)]];
};

/** What anybody with a name may ask. */
function asked({ id: session, user, born }: Live, said: Numbered<Asking>): Out {
  const { request } = said;
  switch (said.command) {
    case "say": {
      const { channel: room, text } = said;
      return { to: "charter", command: { on: "say", room, user, born, session, text, request } };
    }
    case "about":
      return {
        to: "charter",
        command: { on: "describeRoom", room: said.channel, user, born, session, request },
      };
    case "profile":
      return { to: "account", command: { on: "profile", user: said.user, session, request } };
    case "search": {
      const { kind, prefix } = said;
      return { to: "search", kind, prefix, request };
    }
  }
}

function hearOfAccount(
  { id: session, user, born }: Live,
  said: Numbered<OfAccount>,
): readonly Out[] {
  const { request } = said;
  const mine = { user, session, request };
  switch (said.command) {
    case "password": {
      const { old, password } = said;
      return [{ to: "errand", errand: { on: "setPassword", user, old, password }, request }];
    }
    case "describe": {
      const { nickname, description } = said;
      const changes = {
        ...(nickname === undefined ? {} : { nickname }),
        ...(description === undefined ? {} : { description }),
      };
      return [{ to: "account", command: { on: "describe", ...mine, ...changes } }];
    }
    case "befriend": {
      const { user: friend, text } = said;
      return [{ to: "account", command: { on: "askFriend", ...mine, friend, text } }];
    }
    case "whisper": {
      const { user: friend, text } = said;
      return [{ to: "account", command: { on: "whisper", ...mine, friend, text } }];
    }
    case "answer": {
      const { name, how } = said;
      return name.of === "friend"
        ? [{ to: "account", command: { on: "answerFriend", ...mine, id: name.id, how } }]
        : [
            {
              to: "charter",
              command: { on: "answerEntry", room: name.room, born, ...mine, id: name.id, how },
            },
          ];
    }
    case "unfriend":
      return [{ to: "account", command: { on: "removeFriend", ...mine, friend: said.user } }];
    case "heed":
      // Nobody answers it: whether it came shows at the next log-in.
      return [{ to: "account", command: { on: "heed", user, session } }, ...confirmed(said)];
  }
}
