/** An indexed job of Kubernetes. */
export interface KubernetesArray {
  readonly name: string;
  /** pods; they have the indexes from 0 to `size - 1` */
  readonly size: number;
  readonly image: string;
  /** words that a pod starts */
  readonly command: readonly string[];
  readonly cpus: number;
  /** `4Gi` */
  readonly memory: string;
  /** name of the PersistentVolumeClaim that holds the folder of results */
  readonly claim: string;
  /** absolute path of the folder of results, in pods too */
  readonly folder: string;
}

/** Times that a pod of one index is started again, on average, before the job fails. */
const retries = 3;

/**
 * The manifest of an indexed job (batch/v1). A pod that is evicted or preempted is replaced and does not count as failed. Its
 * container gets SIGTERM a minute before it is killed.
 */
export const indexedJob = (array: KubernetesArray) => {
  const { name, size, image, command, cpus, memory, claim, folder } = array;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: dnsName(name), labels: { "app.kubernetes.io/name": "attnsim" } },
    spec: {
      completionMode: "Indexed",
      completions: size,
      parallelism: size,
      backoffLimit: retries * size,
      podFailurePolicy: {
        rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
      },
      template: {
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 60,
          containers: [
            {
              name: "attnsim",
              image,
              command,
              resources: { requests: { cpu: String(cpus), memory }, limits: { memory } },
              volumeMounts: [{ name: "results", mountPath: folder }],
            },
          ],
          volumes: [{ name: "results", persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  } as const;
};

/** A name that Kubernetes takes for a job: lower-case letters, digits and -, at most 63 with the suffix of a pod. */
const dnsName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-|-$/g, "");
