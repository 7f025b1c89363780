import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokensOf } from "./json-tokens.ts";

describe("coloured JSON", () => {
  it("tells keys, strings, numbers and words apart", () => {
    expect(
      tokensOf('{"to": -1.5e3, "by":"a\\"b", "on":true}').map((it) => [it.kind, it.text]),
    ).toEqual([
      ["plain", "{"],
      ["key", '"to"'],
      ["plain", ":"],
      ["plain", " "],
      ["number", "-1.5e3"],
      ["plain", ", "],
      ["key", '"by"'],
      ["plain", ":"],
      ["string", '"a\\"b"'],
      ["plain", ", "],
      ["key", '"on"'],
      ["plain", ":"],
      ["word", "true"],
      ["plain", "}"],
    ]);
  });

  it("never changes the text, whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: "binary" })), (text) => {
        expect(
          tokensOf(text)
            .map((it) => it.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
});
