// The TestRun of the k6 operator: no package knows it. Its type is beside this file (fields, and no others);
// here its pods are held against the schema of the core's own.
import { Pod } from "kubernetes-models/v1";

export class TestRun {
  /** @param {any} manifest */
  constructor(manifest) {
    this.manifest = manifest;
  }

  validate() {
    const { parallelism, script, runner, starter, initializer } = this.manifest.spec;
    const isCount = Number.isInteger(parallelism) && parallelism > 0;
    if (!isCount) throw new Error("spec.parallelism is not a number of runners");
    const { configMap, localFile } = script ?? {};
    if (configMap?.name === undefined && localFile === undefined) {
      throw new Error("spec.script names neither a configMap nor a localFile");
    }
    for (const pod of [runner, starter, initializer]) if (pod !== undefined) podOf(pod).validate();
  }
}

/**
 * What the operator makes of it: one container, and the rest beside.
 * @param {any} pod
 */
function podOf({ metadata, image = "grafana/k6", securityContext, volumes, ...container }) {
  const { automountServiceAccountToken, containerSecurityContext, disabled, ...own } = container;
  return new Pod({
    metadata: { name: "k6", ...metadata },
    spec: {
      containers: [{ name: "k6", image, ...own, securityContext: containerSecurityContext }],
      securityContext,
      volumes,
      automountServiceAccountToken: automountServiceAccountToken === "true",
    },
  });
}
