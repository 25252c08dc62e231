import { Job } from "kubernetes-models/batch/v1/Job";
import { expect, it } from "vitest";
import { indexedJob } from "../../../src/runs/cluster/kubernetes.ts";
import { sbatchScript, shellWord } from "../../../src/runs/cluster/slurm.ts";

const array = {
  name: "attnsim-run",
  size: 16,
  cpus: 2,
  memory: "4G",
  log: "/data/my sweep/%A_%a.log",
  command: "attnsim work '/data/my sweep'",
};

it("writes a batch script of the options that were given", () => {
  expect(sbatchScript({ ...array, partition: "cpu", time: "1-02:00:00", atOnce: 4 })).toBe(`#!/bin/bash
#SBATCH --job-name=attnsim-run
#SBATCH --array=1-16%4
#SBATCH --partition=cpu
#SBATCH --time=1-02:00:00
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --output="/data/my sweep/%A_%a.log"
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:TERM@60
exec attnsim work '/data/my sweep'
`);
});

it("lets no option add lines or words to a script", () => {
  for (const [name, value] of [
    ["partition", "cpu\n#SBATCH --uid=0"],
    ["account", "a b"],
    ["qos", "$(id)"],
    ["time", ""],
  ] as const)
    expect(() => sbatchScript({ ...array, [name]: value })).toThrow(
      new RegExp(`--${name} must be of letters`),
    );
  expect(() => sbatchScript({ ...array, log: '/a"b' })).toThrow(/cannot write to a path with quotes/);
  expect(shellWord("it's")).toBe(String.raw`'it'\''s'`);
});

const job = () =>
  indexedJob({
    name: "attnsim-run_1",
    size: 16,
    image: "registry/attnsim:0.1",
    command: ["attnsim", "work"],
    cpus: 2,
    memory: "4Gi",
    claim: "sweep",
    folder: "/data/sweep",
  });

it("writes a manifest that Kubernetes' published schema of batch/v1 takes", () => {
  const manifest = job();
  new Job(structuredClone(manifest) as never).validate();
  expect(manifest.metadata.name).toBe("attnsim-run-1");
  expect(manifest.spec).toMatchObject({ completions: 16, completionMode: "Indexed" });
  expect(manifest.spec.template.spec.volumes[0].persistentVolumeClaim.claimName).toBe("sweep");
});

it("is checked by a schema that refuses wrong manifests", () => {
  const { spec, ...rest } = job();
  for (const wrong of [
    { ...spec, completions: "16" },
    { ...spec, completionMode: "Both" },
    { ...spec, template: undefined },
    { ...spec, template: { spec: { ...spec.template.spec, containers: [{ image: "x" }] } } },
    { ...spec, podFailurePolicy: { rules: [{ onPodConditions: [] }] } },
  ])
    expect(() => new Job({ ...rest, spec: wrong } as never).validate()).toThrow();
});
