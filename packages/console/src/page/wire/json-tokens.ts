/** Cuts JSON text into coloured pieces without changing a letter of it, valid or not. */

export type Token = {
  readonly kind: "key" | "string" | "number" | "word" | "plain";
  readonly text: string;
};

const PIECE =
  /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const add = (kind: Token["kind"], piece: string | undefined): void => {
    if (piece !== undefined && piece !== "") tokens.push({ kind, text: piece });
  };
  let end = 0;
  for (const match of text.matchAll(PIECE)) {
    const [whole, quoted, colon, number, word] = match;
    add("plain", text.slice(end, match.index));
    add(colon === undefined ? "string" : "key", quoted);
    add("plain", colon);
    add("number", number);
    add("word", word);
    end = match.index + whole.length;
  }
  add("plain", text.slice(end));
  return tokens;
}
