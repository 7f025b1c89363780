// Builds the image, on a base of its own where no registry is reached.
import { join } from "node:path";
import { makeLocalBase } from "./image-base.mjs";
import { must, root } from "./image-tools.mjs";

export const MEGABYTES_MAX = 250;

/**
 * @param {{ engine: string, tag: string, base?: string | undefined }} options base: the Dockerfile's own,
 *   another image's name, or "local" for one that needs no registry
 */
export function buildImage({ engine, tag, base }) {
  const from = base === "local" ? makeLocalBase(engine) : base;
  must(engine, [
    "build",
    ...(engine === "podman" ? ["--format", "docker"] : []), // Its own format has no healthcheck.
    ...(from === undefined ? [] : ["--build-arg", `BASE=${from}`]),
    ...["-f", join(root, "deploy", "Dockerfile"), "-t", tag, root],
  ]);
}
