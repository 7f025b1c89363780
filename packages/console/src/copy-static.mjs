// Puts what tsc does not touch (HTML, CSS, the icon) beside the page's compiled modules.
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";

const from = fileURLToPath(new URL("./page/static/", import.meta.url));
const to = fileURLToPath(new URL("../dist/page/", import.meta.url));
cpSync(from, to, { recursive: true });
