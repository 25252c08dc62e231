import { booleanColumn, integerColumn, numberColumn, orEmpty, textColumn } from "../core/table.ts";
import type { NamedColumn, RowOf } from "../core/table.ts";
import { readerParams } from "../reader/params.ts";
import type { ReaderParams } from "../reader/params.ts";

/** The column of a reader parameter. Its cells are empty in rows of a real model's responses. */
type ReaderColumn = {
  [Name in keyof ReaderParams]: ReaderParams[Name] extends number
    ? NamedColumn<Name, "integer" | "number", true>
    : NamedColumn<Name, "string">;
}[keyof ReaderParams];

/** A column for each reader parameter. */
export const readerColumns = Object.entries(readerParams).map(([name, { kind, doc }]) => {
  const text = `reader: ${doc}`;
  if (kind === "int") return orEmpty(integerColumn(name, text));
  return kind === "real" ? orEmpty(numberColumn(name, text)) : textColumn(name, text);
}) as readonly ReaderColumn[];

/** The columns of data.csv, in order. Two runs of one plan give the same bytes. */
export const columns = [
  textColumn("id", "stable id of the trial: hash of everything its outcome depends on"),
  textColumn("task", "task spec, with the parameters that differ from their defaults"),
  textColumn(
    "benchmark",
    "benchmark that the task stands for, as published-scores.csv names it; else the task spec",
  ),
  textColumn("variant", "attention variant spec as asked for"),
  textColumn("resolved", "attention variant spec as run, every parameter named"),
  textColumn("family", "family of the variant"),
  integerColumn("tokensNominal", "nominal context length", "tokens"),
  orEmpty(integerColumn("tokens", "o200k_base tokens of the prompt", "tokens")),
  orEmpty(integerColumn("seed", "seed of the run")),
  orEmpty(integerColumn("trial", "which problem of this seed, from 0")),
  orEmpty(
    numberColumn("score", "the task's own score, 0 to 1; empty where the variant does not fit its budget"),
  ),
  orEmpty(booleanColumn("exact", "whether the answer is exactly right")),
  orEmpty(
    numberColumn(
      "goldMass",
      "attention weight on the right positions, mean over queries and heads; products with a recurrent state or with summaries are no shares, and their sums may be above 1 or below 0",
    ),
  ),
  orEmpty(numberColumn("recall", "share of the right positions that were read, mean over queries and heads")),
  orEmpty(numberColumn("entropy", "entropy of the attention weights, mean over queries and heads", "nats")),
  orEmpty(integerColumn("queries", "attention queries asked for one answer")),
  orEmpty(numberColumn("tokensRead", "tokens read by a query, mean over queries and heads", "tokens")),
  orEmpty(numberColumn("keptBytes", "K and V kept by the variant at this length, all heads", "B")),
  orEmpty(numberColumn("indexKeptBytes", "index kept beside K and V, all heads", "B")),
  orEmpty(numberColumn("kvReadBytes", "K and V read by one decode step, all heads", "B")),
  orEmpty(numberColumn("indexReadBytes", "index read by one decode step, all heads", "B")),
  orEmpty(
    numberColumn("stateBytes", "recurrent state, which one decode step reads and writes, all heads", "B"),
  ),
  orEmpty(numberColumn("farKeptBytes", "of keptBytes, what lies in the host processors' memory", "B")),
  orEmpty(numberColumn("farReadBytes", "of kvReadBytes, what one decode step fetches from there", "B")),
  orEmpty(numberColumn("flops", "floating point operations of one decode step, all heads", "FLOP")),
  ...readerColumns,
  textColumn("budget", "the budget that the variant was fitted to; empty for none"),
  textColumn("system", "system of the budget; empty for no budget"),
  textColumn("model", "model of the budget"),
  orEmpty(integerColumn("users", "users of the budget, who share the system")),
  textColumn("budgetParam", "the parameter that the budget decided"),
  textColumn("budgetValue", "its value"),
  orEmpty(booleanColumn("fits", "whether the variant fits the budget at all; true without a budget")),
  textColumn("short", "what does not fit the budget and by how much; empty where it fits"),
  textColumn("mode", "numerics: real keys, values and softmax; mean-field: drawn from their mean field"),
  textColumn("engine", "numeric engine; empty for a trial in the mean field"),
  textColumn("version", "version of attnsim"),
] as const;

/** A row of results: one trial. */
export type TrialRow = RowOf<typeof columns>;

/** Cells that every row must have. */
type NeededCells = Pick<TrialRow, "task" | "variant" | "tokensNominal">;

const emptyCells = Object.fromEntries(
  columns.map(({ name, type }) => [name, type === "string" ? "" : null]),
) as Omit<TrialRow, keyof NeededCells>;

/** A row with the given cells; the others are empty. */
export const trialRow = (known: NeededCells & Partial<TrialRow>): TrialRow => ({ ...emptyCells, ...known });
