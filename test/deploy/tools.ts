/**
 * Tools that a developer's machine may lack. Without one, the tests that need it are skipped and say so; where every
 * tool is demanded, as .ci/run does, they fail.
 */
import { findPodman } from "../../scripts/image-tools.mjs";
import { findK6 } from "../../scripts/k6.mjs";
import { findComposeReader, findKustomize } from "../../scripts/manifests-tools.mjs";

type Missing = { readonly why: string };

export const podmanHere = (): ReturnType<typeof findPodman> => {
  return demanded(findPodman(), "THE IMAGE IS NOT TESTED HERE");
};
/** Building it takes minutes, once. */
export const k6Here = (): ReturnType<typeof findK6> => {
  return demanded(findK6(), "THE LOAD IS NOT TESTED HERE");
};
export const kustomizeHere = (): ReturnType<typeof findKustomize> => {
  return demanded(findKustomize(), "THE MANIFESTS ARE NOT CHECKED HERE");
};
export const composeReaderHere = (): ReturnType<typeof findComposeReader> => {
  return demanded(findComposeReader(), "COMPOSE'S OWN READER DID NOT SEE THE FILE");
};

/** Lets a missing tool pass, aloud, unless all are demanded: then it throws. */
export function demanded<Found extends object>(found: Found | Missing, untested: string) {
  if (!("why" in found)) return found;
  const sentence = `${untested}: ${found.why}`;
  if (process.env["ROUNDHOUSE_REQUIRE_TOOLS"] === "1") {
    throw new Error(`${sentence}\nROUNDHOUSE_REQUIRE_TOOLS=1 demands every tool.`);
  }
  process.stderr.write(`\n${sentence}\n\n`);
  return found;
}
