// `npm run links`: every relative link in every Markdown file leads somewhere; no network.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./ready.mjs";

const SKIPPED_FOLDERS = new Set(["node_modules", "dist", "out", "data", ".git", ".turbo"]);

const pages = pagesIn(root);
const broken = pages.flatMap((page) => brokenLinksOf(page));
for (const { page, target, why } of broken) {
  console.error(`${relative(root, page)}: ${target} — ${why}`);
}
console.log(`${pages.length} Markdown files, ${broken.length} broken links.`);
process.exitCode = broken.length === 0 ? 0 : 1;

/**
 * @param {string} folder
 * @returns {string[]}
 */
function pagesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : pagesIn(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** @param {string} page */
function brokenLinksOf(page) {
  return targetsIn(readFileSync(page, "utf8")).flatMap((target) => {
    const why = faultOf(page, target);
    return why === undefined ? [] : [{ page, target, why }];
  });
}

/** @param {string} markdown */
function targetsIn(markdown) {
  const prose = withoutCode(markdown);
  const patterns = [
    /\]\(\s*<?([^\s<>()]+(?:\([^\s()]*\)[^\s<>()]*)*)>?(?:\s+["'(][^)]*)?\)/g, // [text](target "title")
    /^ {0,3}\[[^\]]+\]:\s*<?([^\s<>]+)>?/gm, // [name]: target
    /\b(?:href|src)="([^"]+)"/g,
  ];
  return patterns.flatMap((pattern) => [...prose.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** @param {string} markdown */
function withoutCode(markdown) {
  return withoutFences(markdown).replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
}

/** @param {string} markdown */
function withoutFences(markdown) {
  return markdown.replace(
    /^ {0,3}(```+|~~~+)[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm,
    "",
  );
}

/**
 * @param {string} page
 * @param {string} target
 * @returns {string | undefined} what is wrong with the link
 */
function faultOf(page, target) {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return undefined; // Elsewhere: https:, mailto:, …
  const [path = "", anchor] = target.split("#", 2).map(decodeURIComponent);
  const file =
    path === "" ? page : path.startsWith("/") ? join(root, path) : join(dirname(page), path);
  if (!existsSync(file)) return "no such file";
  if (anchor === undefined || anchor === "" || !file.endsWith(".md")) return undefined;
  if (statSync(file).isDirectory()) return "a folder has no headings";
  return anchorsOf(readFileSync(file, "utf8")).has(anchor) ? undefined : "no such heading";
}

/**
 * The anchors that GitHub gives to headings, and those written by hand.
 * @param {string} markdown
 */
function anchorsOf(markdown) {
  /** @type {Set<string>} */
  const anchors = new Set();
  const text = withoutFences(markdown);
  for (const [, heading = ""] of text.matchAll(/^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  for (const [, id = ""] of text.matchAll(/<[a-z][^>]*\s(?:id|name)="([^"]+)"/gi)) anchors.add(id);
  return anchors;
}

/** @param {string} heading */
function slugOf(heading) {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/<[^>]+>/g, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}
