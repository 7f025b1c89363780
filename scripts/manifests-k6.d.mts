/**
 * The TestRun of the k6 operator, k6.io/v1alpha1, as its Go types have it: no package on npm types it. What
 * nobody needs here (volume claims, cloud, Envoy) is left out, so it is refused.
 */
import type { IObjectMeta } from "@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";

type IContainer = IPodSpec["containers"][number];

interface IRunnerPod {
  readonly affinity?: IPodSpec["affinity"];
  /** A text, not a boolean. */
  readonly automountServiceAccountToken?: "true" | "false";
  readonly containerSecurityContext?: IContainer["securityContext"];
  readonly env?: IContainer["env"];
  readonly envFrom?: IContainer["envFrom"];
  readonly image?: string;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  readonly imagePullSecrets?: IPodSpec["imagePullSecrets"];
  readonly livenessProbe?: IContainer["livenessProbe"];
  readonly metadata?: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly nodeSelector?: IPodSpec["nodeSelector"];
  readonly priorityClassName?: string;
  readonly readinessProbe?: IContainer["readinessProbe"];
  readonly resources?: IContainer["resources"];
  readonly schedulerName?: string;
  readonly securityContext?: IPodSpec["securityContext"];
  readonly serviceAccountName?: string;
  readonly tolerations?: IPodSpec["tolerations"];
  readonly topologySpreadConstraints?: IPodSpec["topologySpreadConstraints"];
  readonly volumeMounts?: IContainer["volumeMounts"];
  readonly volumes?: IPodSpec["volumes"];
}

export interface ITestRun {
  readonly apiVersion: "k6.io/v1alpha1";
  readonly kind: "TestRun";
  readonly metadata?: IObjectMeta;
  readonly spec: {
    readonly arguments?: string;
    readonly cleanup?: "post";
    readonly initializer?: IRunnerPod & { readonly disabled?: boolean };
    readonly parallelism: number;
    readonly paused?: "true" | "false";
    readonly quiet?: "true" | "false";
    readonly runner?: IRunnerPod;
    readonly script: {
      readonly configMap?: { readonly name: string; readonly file?: string };
      readonly localFile?: string;
    };
    readonly separate?: boolean;
    readonly starter?: IRunnerPod;
  };
}

export class TestRun {
  constructor(manifest: unknown);
  /** Throws what is wrong. */
  validate(): void;
}
