// `npm run manifests`: renders every whole of k8s/ and holds it against the API's types.
import "./node-version.mjs";

const { findKustomize } = await import("./manifests-tools.mjs");
const { render, wholes } = await import("./manifests-render.mjs");
const { wrongTypes, wrongValues } = await import("./manifests-types.mjs");

const kustomize = findKustomize();
if ("why" in kustomize) {
  console.error(`Manifests cannot be rendered: ${kustomize.why}`);
  process.exit(1);
}
for (const whole of wholes) {
  const manifests = render(kustomize.command, whole);
  const values = await Promise.all(manifests.map(wrongValues));
  const problems = [wrongTypes(manifests), ...values].filter(Boolean);
  console.log(
    `${whole.name}: ${problems.length === 0 ? `${manifests.length} manifests are right` : "wrong"}`,
  );
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
