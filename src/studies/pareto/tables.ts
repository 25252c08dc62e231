import { booleanColumn, numberColumn, orEmpty, textColumn } from "../../core/table.ts";
import { resultTable } from "../../runs/tables.ts";
import type { ResultTable } from "../../runs/tables.ts";
import type { TriedPlan } from "./result.ts";

/** data.csv: a row a plan and batch. */
export const plansTable = (plans: readonly TriedPlan[]): ResultTable =>
  resultTable({
    name: "data",
    title: "one row a plan and batch",
    columns: [
      textColumn("system", "system"),
      textColumn("model", "model"),
      textColumn("variant", "attention variant"),
      textColumn("kvDtype", "dtype of K and V"),
      textColumn("decodeAs", "division of the replicas that decode"),
      orEmpty(textColumn("prefillAs", "division of those that prefill; empty where they are the same")),
      booleanColumn("onFront", "whether no other plan of this model on this system beats it"),
      numberColumn("batch", "sequences in a replica at once"),
      numberColumn("decoding", "sequences that decode in a pass, in the mean over time"),
      numberColumn("gpus", "GPUs that the rates are counted over"),
      numberColumn("ttftSeconds", "time to the first token", "s"),
      numberColumn("firstAnswerSeconds", "time to the first token of the answer", "s"),
      numberColumn("tpotSeconds", "time of an output token", "s"),
      numberColumn("tokensPerSecondPerUser", "output tokens a second of a user", "tokens/s"),
      numberColumn("inputPerGpu", "input tokens a second and GPU", "tokens/s"),
      numberColumn("outputPerGpu", "output tokens a second and GPU", "tokens/s"),
      numberColumn("totalPerGpu", "both together", "tokens/s"),
      numberColumn("dollarsPerMillionInput", "price of a million input tokens", "USD"),
      numberColumn("dollarsPerMillionOutput", "price of a million output tokens", "USD"),
      numberColumn("dollarsPerMillionTotal", "price of a million tokens of both kinds", "USD"),
    ],
    rows: plans.map(({ served, ...names }) => ({ ...names, ...served })),
    primaryKey: ["system", "model", "variant", "kvDtype", "decodeAs", "prefillAs", "batch"],
  });
