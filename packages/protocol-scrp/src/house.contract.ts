/** SCRP in the real house: people who say requests and hear answers and pushes as short sentences. */
import type { Rules } from "@roundhouse/domain";
import { bounds, type Player, type Scene, scene, type Tongue } from "@roundhouse/testkit";
import type { Fields } from "./client.contract.ts";
import type { Method } from "./methods.ts";
import { scrp } from "./protocol.ts";

/** In a scene there are no bytes: a request is its JSON. */
const tongue: Tongue = {
  subprotocol: "scrp",
  write: (method, fields, request) => {
    return JSON.stringify({ req_id: request, method, ...(fields as Fields) });
  },
  read: (frame) => {
    const data = JSON.parse(String(frame)) as Fields;
    return { command: String(data["method"] ?? data["err"]), data };
  },
};

export class House {
  readonly scene: Scene;

  constructor(rules: Partial<Rules> = {}) {
    this.scene = scene({ rules, protocols: [scrp(bounds)] });
  }

  /** A connection that has not logged in; `name` is who it will be. */
  connect(name: string): Person {
    return new Person(this.scene.connect(name, { speaks: tongue }));
  }

  /** Each signed up and logged in over a connection of its own. */
  people<Names extends readonly string[]>(...names: Names): { [Name in keyof Names]: Person } {
    return names.map((name) => {
      const person = this.connect(name);
      person.signsUp();
      person.logsIn();
      person.hears();
      return person;
    }) as { [Name in keyof Names]: Person };
  }
}

export class Person {
  readonly player: Player;

  constructor(player: Player) {
    this.player = player;
  }

  asks(method: Method, fields: Fields = {}): void {
    this.player.asks(method, fields);
  }

  signsUp(): void {
    const { name } = this.player;
    this.asks("SIGN_UP", { user_id: name, user_password: PASSWORD, user_nickname: name });
  }

  logsIn(): void {
    this.asks("LOG_IN", { user_id: this.player.name, user_password: PASSWORD });
  }

  /** Asks to be a friend, and the other approves. */
  befriends(other: Person): void {
    this.asks("ADD_FRIEND", { subject_user_id: other.player.name, verification_message: "" });
    const asked = other.messages().find(({ method }) => method === "NEW_FRIEND_REQUEST");
    other.asks("APPROVE_REQUEST", { request_id: asked?.["request_id"] });
    for (const person of [this, other]) person.hears();
  }

  creates(room: string, fields: Fields = {}): void {
    this.asks("CREATE_ROOM", { room_id: room, room_nickname: room, room_access: 0, ...fields });
  }

  enters(room: string, fields: Fields = {}): void {
    this.asks("ENTER_ROOM", { room_id: room, ...fields });
  }

  /** What came since it was last asked. */
  messages(): readonly Fields[] {
    return this.player.heard().map(({ data }) => data as Fields);
  }

  /** The same, each in short: `900`, or the name of a push and what it is about. */
  hears(): readonly string[] {
    return this.messages().map((message) => {
      const { method, err } = message;
      if (method === undefined) return String(err);
      const about = TELLING.map((name) => message[name]).filter((it) => it !== undefined);
      return [method, ...about].join(" ");
    });
  }
}

const PASSWORD = "a secret";
const TELLING = ["user_id", "sender_id", "room_id", "message", "user_nickname", "room_nickname"];
