import { describe, expect, it } from "vitest";
import type { Address } from "./connection.ts";
import { Handshakes } from "./handshakes.ts";

const address = (name: string): Address => ({ name, connections: 1, allowance: 0, at: 0 });
const [a, b, c] = [address("a"), address("b"), address("c")];

/** Those that are under way, named by their address and number. */
function underWay(most: number, holders: readonly Address[]) {
  const handshakes = new Handshakes(most);
  const cut: string[] = [];
  const begin = (holder: Address, name: string): void => {
    const end = (): void => {
      cut.push(name);
      handshakes.end(name);
    };
    handshakes.begin(name, { address: holder, cut: end });
  };
  for (const [index, holder] of holders.entries()) begin(holder, `${holder.name}${index}`);
  return { handshakes, cut };
}

describe("handshakes", () => {
  it("are so many at a time; nobody is cut before", () => {
    const { handshakes, cut } = underWay(3, [a, a]);
    expect([handshakes.makeRoom(a), handshakes.makeRoom(b), cut]).toEqual([true, true, []]);
  });

  it("when there are too many, the address that holds most loses its oldest one for one that holds less", () => {
    const { handshakes, cut } = underWay(6, [b, a, a, c, a, b]);
    expect([handshakes.makeRoom(c), cut]).toEqual([true, ["a1"]]);
    expect(handshakes.end("a1")).toBeUndefined();
    expect(handshakes.end("a2")).toBe(a);
  });

  it("end once, and not for another one that has the same name by now", () => {
    const handshakes = new Handshakes(2);
    const [first, second] = [
      { address: a, cut: () => {} },
      { address: a, cut: () => {} },
    ];
    handshakes.begin("one", first);
    expect([handshakes.end("one"), handshakes.end("one")]).toEqual([a, undefined]);
    handshakes.begin("one", second);
    expect(handshakes.end("one", first)).toBeUndefined();
    expect(handshakes.end("one", second)).toBe(a);
  });

  it("of an address that holds as much as any other do not begin then", () => {
    const { handshakes, cut } = underWay(4, [a, a, a, b]);
    expect([handshakes.makeRoom(a), cut]).toEqual([false, []]);
    const even = underWay(4, [a, a, b, b]);
    expect([even.handshakes.makeRoom(b), even.cut]).toEqual([false, []]);
    const one = underWay(2, [a, b]);
    expect([one.handshakes.makeRoom(c), one.cut]).toEqual([false, []]);
  });
});
