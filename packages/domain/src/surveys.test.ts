import { Hall } from "@roundhouse/testkit";
import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import type { Survey } from "./item.ts";

type Search = Extract<Command, { on: "search" }>;

function ask(hall: Hall, command: Command): Survey | undefined {
  const [{ item } = {}] = hall.desk.batch([command]).items;
  return item?.to === "survey" ? item.survey : undefined;
}

const search = (prefix: string, limit = 50): Search => {
  return { on: "search", kind: "rooms", prefix, limit, request: 1 };
};

const found = (hall: Hall, command: Search) => {
  const survey = ask(hall, command);
  return survey?.on === "rooms" ? survey.rooms.map(({ id }) => id) : [];
};

describe("a search for rooms", () => {
  it("finds the created ones that begin so, in order, with title and access", () => {
    const hall = new Hall();
    for (const room of ["pit2", "arena", "pit", "pit10"]) hall.create("ana", room);
    hall.join("ana", "pit3");
    expect(found(hall, search("pit"))).toEqual(["pit", "pit10", "pit2"]);
    expect(ask(hall, search("ar"))).toEqual({
      on: "rooms",
      rooms: [{ id: "arena", title: "arena of ana", access: "public" }],
    });
    expect(found(hall, search("x"))).toEqual([]);
  });

  it("finds as many as are asked for, and fifty at most", () => {
    const hall = new Hall();
    for (let index = 10; index < 70; index++) hall.create("ana", `pit${index}`);
    expect(found(hall, search("pit", 2))).toEqual(["pit10", "pit11"]);
    expect(found(hall, search("", 1_000))).toHaveLength(50);
  });

  it("that is asked twice in a moment is answered twice, each with its own limit", () => {
    const hall = new Hall();
    for (const room of ["a1", "a2", "a3"]) hall.create("ana", room);
    const { items } = hall.desk.batch([search("a", 1), search("a", 3)]);
    const sizes = items.map(({ item }) => {
      return item.to === "survey" && item.survey.on === "rooms" ? item.survey.rooms.length : -1;
    });
    expect(sizes).toEqual([1, 3]);
  });

  it("does not find what was removed", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.ask("ana", { on: "removeRoom", room: search("pit").prefix as never });
    expect(found(hall, search("pit"))).toEqual([]);
  });
});

describe("a count", () => {
  it("counts created rooms, here or not, and no others", () => {
    const hall = new Hall();
    hall.create("ana", "pit");
    hall.create("ana", "arena");
    hall.leave("ana", "arena");
    hall.join("ben", "den");
    expect(ask(hall, { on: "count", request: 1 })).toMatchObject({ on: "counts", rooms: 2 });
  });
});
