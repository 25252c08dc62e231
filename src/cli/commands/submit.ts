import type { Command } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { dealMissing, requireIdle, saveSubmission, submitScript } from "../../runs/cluster/submit.ts";
import { kubernetesManifest, slurmScript } from "../../runs/cluster/submit.ts";
import { integer } from "../options/values.ts";
import { planArgument, plannedRun } from "../planned.ts";
import { formatNothing, formatSubmitted } from "../print/cluster.ts";
import { print } from "../print/print.ts";

/** Reads memory as Slurm does. */
function memory(text: string): string {
  if (/^[1-9]\d*[KMGT]$/.test(text)) return text;
  throw new InvalidArgumentError("allowed: an integer with K, M, G or T, such as 4G");
}

/** Options that only Slurm knows. */
const slurmOnly = ["partition", "account", "qos", "time", "atOnce"] as const;

/** `attnsim submit`: the missing trials of a plan as an array of Slurm or an indexed job of Kubernetes. */
export default function submitCommand(command: Command): void {
  command
    .argument("<plan>", planArgument)
    .option("--array-size <n>", "tasks at most; each has a share of the trials", integer(1), 16)
    .option("--at-once <n>", "tasks that run at the same time at most", integer(1))
    .option("--partition <name>", "partition of Slurm")
    .option("--account <name>", "account of Slurm")
    .option("--qos <name>", "quality of service of Slurm")
    .option("--time <limit>", "time limit of a task, as sbatch takes it: 2:00:00")
    .option("--cpus-per-task <n>", "cores of a task", integer(1), 1)
    .option("--mem <size>", "memory of a task, in units of 1024: 4G (default: by the largest trial)", memory)
    .option("--program <words>", "words that start attnsim in a task (default: as it was started here)")
    .option("--kubernetes", "write the manifest of an indexed job in place of a batch script")
    .option("--image <name>", "Kubernetes: image that has attnsim")
    .option("--claim <name>", "Kubernetes: PersistentVolumeClaim that is the folder of the results")
    .option("--out <folder>", "folder of the results, which all tasks see at the same path")
    .option("--force", "submit over results of another question")
    .option("--skip-impossible", "leave out tasks at lengths, and variants, that cannot be had")
    .option("--dry-run", "print the script or the manifest, and stop")
    .action(async (plan, options) => {
      const { arraySize, cpusPerTask: cpus, mem, program, image, claim, force, ...asked } = options;
      const { run, out } = await plannedRun(plan, options);
      const dealt = dealMissing(run.plan, out, arraySize);
      if (dealt.trials === 0) {
        print(formatNothing(out));
        return;
      }
      let text: string;
      if (options.kubernetes) {
        const other = slurmOnly.find((name) => asked[name] !== undefined);
        if (other !== undefined) throw new UsageError(`--kubernetes takes no ${other}, which is Slurm's`);
        if (image === undefined || claim === undefined)
          throw new UsageError("--kubernetes needs --image and --claim");
        text = kubernetesManifest(run, out, dealt, { cpus, memory: mem, program, image, claim });
      } else text = slurmScript(run, out, dealt, { ...asked, cpus, memory: mem, program });
      if (options.dryRun) {
        print(text.trimEnd());
        return;
      }
      if (!options.kubernetes) requireIdle(out);
      const ending = options.kubernetes ? "yaml" : "sh";
      const path = saveSubmission(run, out, dealt, { ending, text, force });
      const start = options.kubernetes
        ? `kubectl apply -f ${path}`
        : `job ${submitScript(out, dealt.number, path)}`;
      print(formatSubmitted(start, dealt, out));
    });
}
