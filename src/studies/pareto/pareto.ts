import { booleanColumn, numberColumn, textColumn } from "../../core/table.ts";
import type { CellValue, Column, TableRow } from "../../core/table.ts";
import { formatParallel } from "../../hardware/parallel.ts";
import type { SettingPlans } from "./plans.ts";
import { paretoFigure } from "./figure.ts";
import type { TriedPlan } from "./plan.ts";
import { writeTables } from "../../runs/tables.ts";

const columns: readonly Column[] = [
  textColumn("system", "system"),
  textColumn("model", "model"),
  textColumn("variant", "attention variant"),
  textColumn("kvDtype", "what K and V are stored as"),
  textColumn("decodeAs", "division of the replicas that decode"),
  textColumn("prefillAs", "division of those that prefill; empty where they are the same"),
  booleanColumn("onFront", "whether no other plan of this model on this system beats it"),
  numberColumn("batch", "sequences that decode at once in a replica"),
  numberColumn("gpus", "GPUs that the rates are counted over"),
  numberColumn("ttftSeconds", "time to the first token", "s"),
  numberColumn("firstAnswerSeconds", "time to the first token of the answer", "s"),
  numberColumn("tpotSeconds", "time of an output token", "s"),
  numberColumn("tokensPerSecondPerUser", "what a user sees", "tokens/s"),
  numberColumn("inputPerGpu", "input tokens a second and GPU", "tokens/s"),
  numberColumn("outputPerGpu", "output tokens a second and GPU", "tokens/s"),
  numberColumn("totalPerGpu", "both together", "tokens/s"),
  numberColumn("dollarsPerMillionInput", "price of a million input tokens", "USD"),
  numberColumn("dollarsPerMillionOutput", "price of a million output tokens", "USD"),
  numberColumn("dollarsPerMillionTotal", "price of a million tokens of both kinds", "USD"),
];

const triedPlans = (settings: readonly SettingPlans[]): TriedPlan[] =>
  settings.flatMap(({ names, kvDtype, tried, front }) =>
    tried.map(({ served, decode, prefill }) => ({
      ...names,
      kvDtype,
      decodeAs: formatParallel(decode.parallel),
      prefillAs: prefill === undefined ? null : formatParallel(prefill.parallel),
      onFront: front.some((plan) => plan.served === served),
      served,
    })),
  );

/** Writes every plan as CSV and the fronts as a figure. Returns the figure's paths. */
export function writePareto(
  folder: string,
  settings: readonly SettingPlans[],
  assumptions: readonly string[],
): Promise<string[]> {
  const plans = triedPlans(settings);
  return writeTables(folder, {
    name: "pareto",
    question: "How fast can a user be served, and how many tokens does a GPU give then?",
    tables: [
      {
        name: "data",
        title: "one row a plan and batch",
        columns,
        rows: plans.map(({ served, ...names }): TableRow => {
          const all: Record<string, unknown> = { ...names, ...served };
          return Object.fromEntries(columns.map(({ name }) => [name, all[name] as CellValue]));
        }),
        primaryKey: ["system", "model", "variant", "kvDtype", "decodeAs", "prefillAs", "batch"],
      },
    ],
    figures: { pareto: paretoFigure(plans) },
    manifest: { assumptions },
  });
}
