import { describe, expect, it } from "vitest";
import { Line, type Queued } from "./line.ts";

type Job = Queued & { readonly name: string };
const job = (name: string, isFirst = false): Job => ({ name, from: name.slice(0, 1), isFirst });

function lineOf(...jobs: readonly Job[]): Line<Job> {
  const line = new Line<Job>();
  for (const it of jobs) line.add(it);
  return line;
}
const namesOf = (jobs: Iterable<Job>): readonly string[] => [...jobs].map(({ name }) => name);

describe("a line", () => {
  it("is worked off address by address, those of an address in the order in which they came", () => {
    const line = lineOf(job("a1"), job("a2"), job("b1"), job("a3", true), job("b2"), job("c1"));
    expect(line.size).toBe(6);
    expect(namesOf(line.clear())).toEqual(["a3", "b1", "c1", "a1", "b2", "a2"]);
    expect(line).toMatchObject({ size: 0 });
    expect(line.next()).toBeUndefined();
  });

  it("has whoever comes again behind those who came meanwhile", () => {
    const line = lineOf(job("a1"), job("b1"));
    expect(line.next()?.name).toBe("a1");
    line.add(job("a2"));
    expect(namesOf(line.clear())).toEqual(["b1", "a2"]);
  });

  it("forgets whom it no longer holds, wherever it stood", () => {
    const [first, second, urgent] = [job("a1"), job("a2"), job("a3", true)];
    const line = lineOf(first, second, urgent, job("b1"));
    for (const gone of [second, urgent, second]) line.remove(gone);
    expect([line.size, line.held("a"), line.held("b"), line.held("c")]).toEqual([2, 1, 1, 0]);
    line.remove(first);
    line.remove(first);
    expect([line.size, line.held("a")]).toEqual([1, 0]);
    expect(namesOf(line.clear())).toEqual(["b1"]);
  });

  it("knows who came last of the address that holds most, if that is more than so many", () => {
    const urgent = job("b3", true);
    const line = lineOf(job("a1"), job("b1"), job("b2"), urgent, job("c1"), job("c2"));
    expect(line.lastOfLongest(2)?.name).toBe("b2");
    expect(line.lastOfLongest(3)).toBeUndefined();
    expect(lineOf(job("a1", true), job("a2", true)).lastOfLongest(1)?.name).toBe("a2");
    expect(lineOf().lastOfLongest(0)).toBeUndefined();
  });
});
