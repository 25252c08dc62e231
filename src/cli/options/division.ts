import type { Command, OptionValues } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { explain } from "../../hardware/kernels/time.ts";
import type { OperatorTime } from "../../hardware/kernels/time.ts";
import { machineOf, profiles } from "../../hardware/kernels/machine.ts";
import type { Machine } from "../../hardware/kernels/machine.ts";
import { weightDtypes } from "../../hardware/kernels/dtypes.ts";
import { parallelHelp, parseParallel } from "../../hardware/parallel.ts";
import { passAssumptions } from "../../hardware/pass/pass.ts";
import { divisionOf, divisionsOf } from "../../deployment/division.ts";
import type { Division } from "../../deployment/division.ts";
import { integer } from "./values.ts";
import type { Fields } from "./values.ts";
import { named, settings } from "./model.ts";
import type { Asked, Setting } from "./model.ts";

/** How a model is divided among GPUs and timed. */
export interface Dividing {
  readonly attentionWeights?: string | undefined;
  readonly profile: string;
  readonly gpus?: number | undefined;
  readonly overlapLinks?: true | undefined;
  readonly explain?: true | undefined;
}

export interface DeployAsked extends Asked, Dividing {}

/** What every question about the time of a model on GPUs takes. */
export function deployOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<Dividing>> {
  command
    .option(
      "--attention-weights <type>",
      `what weights of attention are stored as, where not as the others: ${weightDtypes.join(", ")}`,
    )
    .option(
      "--profile <name>",
      "kernels at the rates fitted to measured ones (measured) or at peak rates (ideal)",
      "measured",
    )
    .option(
      "--gpus <n>",
      "GPUs to divide the model among, where --parallel does not say; the system's when absent",
      integer(1),
    )
    .option("--overlap-links", "exchanges between GPUs hide behind the work of another half of the batch")
    .option("--explain", "print what each row's time is made of, kernel by kernel");
  return command as unknown as Command<A, O & Fields<Dividing>>;
}

/** Help of an option that takes a division among GPUs. */
export const parallelOption = `as tp=4,dp=2; ${parallelHelp}; the best on --gpus when absent`;

/** A setting, and the ways to divide it that are to be tried. */
export interface Deployable {
  readonly setting: Setting;
  readonly machine: Machine;
  readonly divisions: (phase: "prefill" | "decode", given: string | undefined) => readonly Division[];
}

/** @throws UsageError for a name that is unknown */
export function deployables(asked: DeployAsked): Deployable[] {
  const profile = named("profile", profiles, asked.profile);
  const attention =
    asked.attentionWeights === undefined
      ? undefined
      : named("weight dtype", weightDtypes, asked.attentionWeights);
  return settings(asked).map((setting) => {
    const { gpus, overlapLinks } = asked;
    const on = { ...setting, attentionWeights: attention, profile, gpus, overlapLinks };
    return {
      setting,
      machine: machineOf(setting.system, profile),
      divisions: (phase, given) =>
        given === undefined ? divisionsOf(on, phase) : [divisionOf(on, parseParallel(given, setting.model))],
    };
  });
}

/** Where a model cannot be divided among the GPUs that there are. @throws UsageError always */
export function undivided({ names }: Setting): never {
  throw new UsageError(`${names.model} cannot be divided among the GPUs of ${names.system}; give --parallel`);
}

/** What every answer about times takes as given. */
export const timeLines = (asked: DeployAsked): string[] => {
  const { attentionWeights, overlapLinks } = asked;
  const machines = deployables(asked).map(({ machine }) => machine);
  return [
    ...new Set(machines.flatMap(({ notes }) => notes)),
    ...(attentionWeights === undefined ? [] : [`weights of attention in ${attentionWeights}`]),
    ...(overlapLinks ? ["exchanges between GPUs hide behind the work of another half of the batch"] : []),
    ...passAssumptions,
  ];
};

/** Prints how each row came about, after the table. */
export function printExplained(
  rows: readonly { readonly title: string; readonly time: OperatorTime }[],
): void {
  for (const { title, time } of rows) console.log(["", title, ...explain(time, 1)].join("\n"));
}
