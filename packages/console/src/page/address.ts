/** The page's own address as its memory: who, which room, which friends. */

export type Address = {
  readonly name: string;
  readonly room: string;
  readonly friends: readonly string[];
};

export function parseAddress(search: string): Address {
  const fields = new URLSearchParams(search);
  const friends = fields.getAll("friend").filter((id) => id !== "");
  return { name: fields.get("name") ?? "", room: fields.get("room") ?? "", friends };
}

export function addressOf({ name, room, friends }: Address): string {
  const fields = new URLSearchParams();
  if (name !== "") fields.set("name", name);
  if (room !== "") fields.set("room", room);
  for (const friend of friends) fields.append("friend", friend);
  return fields.size === 0 ? "/" : `/?${fields}`;
}

/** A name for the second tab that is not taken by the first. */
export function somebodyElse(self: string, taken: Iterable<string>): string {
  const used = new Set([self, ...taken]);
  return (
    ["ana", "ben", "cleo", "dov", "eli", "fay", "gil"].find((it) => !used.has(it)) ?? `${self}-2`
  );
}
