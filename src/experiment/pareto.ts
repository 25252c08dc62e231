import type { Served } from "../hardware/serving/serve.ts";
import type { Column, TrialRow } from "../simulate/columns.ts";
import { paretoFigure } from "./figures/pareto.ts";
import { writeTables } from "./tables.ts";

/** A way to serve that was tried. */
export interface TriedPlan {
  readonly system: string;
  readonly model: string;
  readonly variant: string;
  readonly kvDtype: string;
  readonly decodeAs: string;
  /** null where the same replicas prefill */
  readonly prefillAs: string | null;
  readonly onFront: boolean;
  readonly served: Served;
}

const column = (name: string, doc: string, unit?: string, type: Column["type"] = "number"): Column => ({
  name,
  type,
  doc,
  ...(unit !== undefined && { unit }),
});

const columns: readonly Column[] = [
  column("system", "system", undefined, "string"),
  column("model", "model", undefined, "string"),
  column("variant", "attention variant", undefined, "string"),
  column("kvDtype", "what K and V are stored as", undefined, "string"),
  column("decodeAs", "division of the replicas that decode", undefined, "string"),
  column("prefillAs", "division of those that prefill; empty where they are the same", undefined, "string"),
  column("onFront", "whether no other plan of this model on this system beats it", undefined, "boolean"),
  column("batch", "sequences that decode at once in a replica"),
  column("gpus", "GPUs that the rates are counted over"),
  column("ttftSeconds", "time to the first token", "s"),
  column("firstAnswerSeconds", "time to the first token of the answer", "s"),
  column("tpotSeconds", "time of an output token", "s"),
  column("tokensPerSecondPerUser", "what a user sees", "tokens/s"),
  column("inputPerGpu", "input tokens a second and GPU", "tokens/s"),
  column("outputPerGpu", "output tokens a second and GPU", "tokens/s"),
  column("totalPerGpu", "both together", "tokens/s"),
  column("dollarsPerMillionInput", "price of a million input tokens", "USD"),
  column("dollarsPerMillionOutput", "price of a million output tokens", "USD"),
  column("dollarsPerMillionTotal", "price of a million tokens of both kinds", "USD"),
];

/** Writes every plan as CSV and the fronts as a figure. Returns the figure's paths. */
export const writePareto = (
  folder: string,
  plans: readonly TriedPlan[],
  assumptions: readonly string[],
): Promise<string[]> =>
  writeTables(folder, {
    name: "pareto",
    question: "How fast can a user be served, and how many tokens does a GPU give then?",
    tables: [
      {
        name: "data",
        title: "one row a plan and batch",
        columns,
        rows: plans.map(({ served, ...names }): TrialRow => {
          const all: Record<string, unknown> = { ...names, ...served };
          return Object.fromEntries(columns.map(({ name }) => [name, all[name] as TrialRow[string]]));
        }),
        primaryKey: ["system", "model", "variant", "kvDtype", "decodeAs", "prefillAs", "batch"],
      },
    ],
    figures: { pareto: paretoFigure(plans) },
    manifest: { assumptions },
  });
