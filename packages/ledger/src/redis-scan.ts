/** Everything in a hash, page by page. The places it goes by belong to one server in one of its lives. */
import type { Then } from "./backbone.ts";
import type { Head } from "./redis-encode.ts";
import type { Link } from "./redis-link.ts";
import { readMap } from "./redis-replies.ts";

export function scanHash(
  link: Link,
  head: Head,
  page: (entries: ReadonlyMap<string, Uint8Array>) => void,
  done: Then<void>,
): void {
  const { generation } = link;
  const next = (cursor: string): void => {
    link.call(head, [cursor, "COUNT", PAGE], (error, reply) => {
      if (error !== null) return done({ known: false, why: error.message });
      // Behind the same address there may be another server by now: begin again.
      if (link.generation !== generation)
        return done({ known: false, why: "the connection is new" });
      const [after, entries] = reply as readonly [unknown, unknown];
      const found = readMap(entries);
      if (found.size > 0) page(found);
      if (String(after) === "0") done({ known: true, value: undefined });
      else next(String(after));
    });
  };
  next("0");
}

const PAGE = "500";
