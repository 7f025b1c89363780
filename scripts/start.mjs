// `npm start`: installs and builds what is needed, then becomes `roundhouse start` in this same process.
import "./node-version.mjs";
import { join } from "node:path";

const { ready, root } = await import("./ready.mjs");
ready();

const main = join(root, "packages", "roundhouse", "dist", "main.js");
process.argv = [process.execPath, main, "start", ...process.argv.slice(2)];
await import(main);
