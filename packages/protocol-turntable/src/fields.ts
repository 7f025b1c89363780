/**
 * Reads a game message as text. What an action carries is passed on as it came, byte by byte: a
 * number with twenty digits, the order of keys, an escape stay what they were.
 *
 * The text has been through JSON.parse, so this only has to find its way, not to doubt.
 */

export type GameText = {
  /** Per action: its members without `timestamp` and `from`, and without braces. */
  readonly actions: readonly string[];
  /** The members of `data` beside the known ones, without braces. */
  readonly extra: string;
  /** How deeply the whole message nests. */
  readonly depth: number;
};

export function readGame(text: string): GameText {
  return new Reader(text).message();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #deepest = 0;
  #actions: string[] = [];
  #extra = "";

  constructor(text: string) {
    this.#text = text;
  }

  message(): GameText {
    this.#space();
    this.#open();
    while (this.#hasMember()) {
      if (this.#key() === "data") this.#data();
      else this.#value();
    }
    return { actions: this.#actions, extra: this.#extra, depth: this.#deepest };
  }

  #data(): void {
    if (this.#peek() !== BRACE_OPEN) return this.#value();
    this.#extra = ""; // Of two members with one name the last counts, as in JSON.parse.
    this.#actions = [];
    this.#open();
    while (this.#hasMember()) {
      const start = this.#at;
      const key = this.#key();
      if (key === "actions" && this.#peek() === BRACKET_OPEN) this.#actionList();
      else {
        this.#value();
        if (!KNOWN.has(key)) this.#extra = this.#with(this.#extra, start);
      }
    }
  }

  #actionList(): void {
    this.#actions = [];
    this.#open();
    while (this.#hasMember()) this.#actions.push(this.#action());
  }

  #action(): string {
    if (this.#peek() !== BRACE_OPEN) {
      this.#value();
      return "";
    }
    let fields = "";
    this.#open();
    while (this.#hasMember()) {
      const start = this.#at;
      const key = this.#key();
      this.#value();
      if (key !== "timestamp" && key !== "from") fields = this.#with(fields, start);
    }
    return fields;
  }

  /** Adds the text from `start` to here as one more member. */
  #with(fields: string, start: number): string {
    const member = this.#text.slice(start, this.#at);
    return fields === "" ? this.#own(member) : `${fields},${member}`;
  }

  /** A slice keeps the text that it was cut from in memory; a small one of a big text is copied. */
  #own(member: string): string {
    const isSmall = this.#text.length > 512 && member.length * 2 < this.#text.length;
    return isSmall ? ` ${member}`.slice(1) : member;
  }

  #open(): void {
    this.#at++;
    if (++this.#depth > this.#deepest) this.#deepest = this.#depth;
  }

  /** Steps over a comma to the next member or element; at the closing bracket, over that. */
  #hasMember(): boolean {
    this.#space();
    let unit = this.#peek();
    if (unit === COMMA) {
      this.#at++;
      this.#space();
      unit = this.#peek();
    }
    if (unit !== BRACE_CLOSE && unit !== BRACKET_CLOSE) return true;
    this.#at++;
    this.#depth--;
    return false;
  }

  /** Reads a key and stops at its value. */
  #key(): string {
    const start = this.#at;
    const isPlain = this.#string();
    const end = this.#at;
    this.#space();
    this.#at++; // The colon.
    this.#space();
    const quoted = this.#text.slice(start, end);
    return isPlain ? quoted.slice(1, -1) : String(JSON.parse(quoted));
  }

  #value(): void {
    const unit = this.#peek();
    if (unit === QUOTE) this.#string();
    else if (unit === BRACE_OPEN || unit === BRACKET_OPEN) this.#nested();
    else this.#plain();
  }

  #nested(): void {
    const outer = this.#depth;
    do {
      const unit = this.#peek();
      if (unit === QUOTE) this.#string();
      else if (unit === BRACE_OPEN || unit === BRACKET_OPEN) this.#open();
      else {
        if (unit === BRACE_CLOSE || unit === BRACKET_CLOSE) this.#depth--;
        this.#at++;
      }
    } while (this.#depth > outer);
  }

  /** Steps over a string; tells whether it holds no escapes. */
  #string(): boolean {
    const text = this.#text;
    let isPlain = true;
    let at = this.#at + 1;
    for (let unit = text.charCodeAt(at); unit !== QUOTE; unit = text.charCodeAt(at)) {
      if (unit === BACKSLASH) {
        isPlain = false;
        at++;
      }
      at++;
    }
    this.#at = at + 1;
    return isPlain;
  }

  /** Steps over a number, true, false or null. */
  #plain(): void {
    for (;;) {
      const unit = this.#peek();
      if (unit === COMMA || unit === BRACE_CLOSE || unit === BRACKET_CLOSE) return;
      if (unit <= SPACE || Number.isNaN(unit)) return;
      this.#at++;
    }
  }

  #space(): void {
    while (this.#peek() <= SPACE) this.#at++;
  }

  #peek(): number {
    return this.#text.charCodeAt(this.#at);
  }
}

/** What the server says itself beside the actions: a client's word for it is not passed on. */
const KNOWN = new Set(["channel", "actions", "seq"]);

const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const BRACKET_OPEN = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;
