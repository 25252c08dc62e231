/** A column of a results CSV: what it holds, for readers of the file and for its datapackage.json. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean";
  readonly doc: string;
  readonly unit?: string;
}

export const column = (name: string, type: Column["type"], doc: string, unit?: string): Column =>
  unit === undefined ? { name, type, doc } : { name, type, doc, unit };

/** A column of numbers, in a unit where there is one. */
export const numberColumn = (name: string, doc: string, unit?: string): Column =>
  column(name, "number", doc, unit);

export const textColumn = (name: string, doc: string): Column => column(name, "string", doc);

/** The columns of data.csv, in order. Two runs of one plan give the same bytes. */
export const columns: readonly Column[] = [
  column("id", "string", "stable id of the trial: hash of everything its outcome depends on"),
  column("task", "string", "task spec, with the parameters that differ from their defaults"),
  column(
    "benchmark",
    "string",
    "benchmark that the task stands for, as published-scores.csv names it; else the task spec",
  ),
  column("variant", "string", "attention variant spec as asked for"),
  column("resolved", "string", "attention variant spec as run, every parameter named"),
  column("family", "string", "family of the variant"),
  column("tokensNominal", "integer", "nominal context length", "tokens"),
  column("tokens", "integer", "o200k_base tokens of the prompt", "tokens"),
  column("seed", "integer", "seed of the run"),
  column("trial", "integer", "which problem of this seed, from 0"),
  column("score", "number", "the task's own score, 0 to 1; empty where the variant does not fit its budget"),
  column("exact", "boolean", "whether the answer is exactly right"),
  column("goldMass", "number", "attention weight on the right positions, mean over queries and heads"),
  column("recall", "number", "share of the right positions that were read, mean over queries and heads"),
  column("entropy", "number", "entropy of the attention weights, mean over queries and heads", "nats"),
  column("queries", "integer", "attention queries asked for one answer"),
  column("tokensRead", "number", "tokens read by a query, mean over queries and heads", "tokens"),
  column("keptBytes", "number", "K and V kept by the variant at this length, all heads", "B"),
  column("indexKeptBytes", "number", "index kept beside K and V, all heads", "B"),
  column("kvReadBytes", "number", "K and V read by one decode step, all heads", "B"),
  column("indexReadBytes", "number", "index read by one decode step, all heads", "B"),
  column("stateBytes", "number", "recurrent state, which one decode step reads and writes, all heads", "B"),
  column("farKeptBytes", "number", "of keptBytes, what lies in the host processors' memory", "B"),
  column("farReadBytes", "number", "of kvReadBytes, what one decode step fetches from there", "B"),
  column("flops", "number", "floating point operations of one decode step, all heads", "FLOP"),
  column("headDim", "integer", "reader: dimension of a head"),
  column("kvHeads", "integer", "reader: key/value heads"),
  column("groupSize", "integer", "reader: query heads per kv head"),
  column("sharpness", "number", "reader: logit of a perfect match over sqrt(headDim)"),
  column("fidelity", "number", "reader: correlation of a stored key with its ideal code"),
  column("residualNoise", "number", "reader: standard deviation of the noise on each output coordinate"),
  column(
    "reads",
    "integer",
    "reader: reads of each decode query; what a step reads and computes counts all of them",
  ),
  column("coherence", "number", "reader: share of a token's key variance that it shares with its record"),
  column("kvDtype", "string", "what K and V are rounded to"),
  column("logitShaping", "string", "how logits become weights"),
  column("budget", "string", "the budget that the variant was fitted to; empty for none"),
  column("budgetParam", "string", "the parameter that the budget decided"),
  column("budgetValue", "string", "its value"),
  column("fits", "boolean", "whether the variant fits the budget at all; true without a budget"),
  column("short", "string", "what does not fit the budget and by how much; empty where it fits"),
  column("engine", "string", "numeric engine"),
  column("version", "string", "version of attnsim"),
];

/** A row of results: a value for each column; null is an empty cell. */
export type TrialRow = Readonly<Record<string, string | number | boolean | null>>;
