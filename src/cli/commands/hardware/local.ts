import type { Command } from "@commander-js/extra-typings";
import { coresHere } from "../../../engines/machine.ts";
import { predictKernels } from "../../../studies/this-machine/kernels.ts";
import { writeRows } from "../../../runs/write-rows.ts";
import { outputOptions } from "../../options/outputs.ts";
import { cores, integer } from "../../options/values.ts";
import { formatMachine } from "../../print/machine.ts";
import { withBar } from "../../print/progress.ts";
import { print } from "../../print/print.ts";

/** `attnsim hardware local`: measures this machine, and compares its kernels with their predicted times. */
export default function hardwareLocalCommand(command: Command): void {
  outputOptions(command)
    .option("--threads <n>", "threads of the engine", cores, coresHere())
    .option("--repeats <n>", "rounds over all kernels", integer(1), 3)
    .option("--shrink <n>", "power of two that divides all row counts, for a quick look", integer(1), 1)
    .option("--json", "print JSON")
    .action(async ({ threads, repeats: rounds, shrink, json, ...files }) => {
      const report = await withBar("measurements", (onStep) =>
        predictKernels({ threads, rounds, shrink, onStep }),
      );
      print(json ? JSON.stringify(report, null, 2) : formatMachine(report));
      await writeRows(report.predictions, "This machine's kernels, predicted and measured", files);
    });
}
