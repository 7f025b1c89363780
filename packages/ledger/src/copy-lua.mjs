// Puts what tsc does not touch (the functions in Lua) beside the compiled modules that read them.
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";

const from = fileURLToPath(new URL("./lua/", import.meta.url));
const to = fileURLToPath(new URL("../dist/lua/", import.meta.url));
cpSync(from, to, { recursive: true });
