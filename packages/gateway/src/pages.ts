/** The files of the page, read once at start and served from memory. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

export type Page = {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer;
  /** The same, packed once for all who can unpack it. */
  readonly gzipped: Buffer;
};

/** Every file of a folder by its path, `index.html` also as `/`. */
export function readPages(folder: string): ReadonlyMap<string, Page> {
  const pages = new Map<string, Page>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const body = readFileSync(file);
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    const path = file.slice(folder.length).replaceAll("\\", "/").replace(/^\/?/, "/");
    const page = { type, etag, body, gzipped: gzipSync(body, { level: 9 }) };
    pages.set(path, page);
    if (path === "/index.html") pages.set("/", page);
  }
  return pages;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webmanifest": "application/manifest+json",
};
