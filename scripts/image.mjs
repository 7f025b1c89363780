// `npm run image`: builds the image and says how large it is; --base local where no registry is reached.
import "./node-version.mjs";
import { parseArgs } from "node:util";

const { buildImage, MEGABYTES_MAX } = await import("./image-build.mjs");
const { findPodman, isOnPath, megabytesOf } = await import("./image-tools.mjs");

const { values } = parseArgs({
  options: {
    engine: { type: "string" },
    base: { type: "string" },
    tag: { type: "string", default: "roundhouse:0.1.0" },
  },
});

const engine = values.engine ?? (isOnPath("podman") || !isOnPath("docker") ? "podman" : "docker");
if (engine === "podman") {
  const found = findPodman();
  if ("why" in found) stop(found.why);
}
buildImage({ engine, tag: values.tag, base: values.base });
const megabytes = megabytesOf(engine, values.tag);
console.log(`${values.tag}: ${megabytes.toFixed(0)} MB (at most ${MEGABYTES_MAX})`);
if (megabytes >= MEGABYTES_MAX) stop("That is too large.");

/**
 * @param {string} sentence
 * @returns {never}
 */
function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
