import { UsageError } from "../core/errors.ts";
import { Random } from "../core/random.ts";
import { bootstrapMean, mean } from "../core/stats.ts";
import { paretoFront } from "../hardware/serving/pareto.ts";
import type { Column, TrialRow } from "../simulate/columns.ts";
import type { VariantPrice } from "../simulate/frontier.ts";
import { frontierFigure } from "./figures/frontier.ts";
import { groupBy } from "./group.ts";
import { writeTables } from "./tables.ts";

/** How accurate a variant is at a length: the mean of its tasks' means, with the 95% interval of the mean of trials. */
export interface VariantScore {
  readonly variant: string;
  readonly score: number;
  readonly low: number;
  readonly high: number;
  readonly trials: number;
}

/** A variant's score beside its price. */
export interface FrontierPoint extends VariantScore, VariantPrice {
  readonly system: string;
  readonly model: string;
  readonly tokens: number;
  /** no other variant is as accurate and as cheap, and better in one of the two */
  readonly bestTpot: boolean;
  readonly bestUsers: boolean;
  readonly bestPrice: boolean;
}

/**
 * Scores of the rows at a length.
 *
 * @throws UsageError where no row has that length and a score
 */
export function scoresAt(
  rows: readonly TrialRow[],
  tokens: number | undefined,
): { tokens: number; scores: VariantScore[] } {
  const scored = rows.filter(({ score }) => typeof score === "number");
  const lengths = [...new Set(scored.map((row) => Number(row["tokensNominal"])))].sort((a, b) => a - b);
  const nearest =
    tokens === undefined ? lengths.at(-1) : lengths.find((length) => Math.abs(length / tokens - 1) < 0.05);
  if (nearest === undefined)
    throw new UsageError(
      `no rows of ${tokens ?? "any"} tokens with a score; there are ${lengths.join(", ") || "none"}`,
    );
  // a task's 128K may be 128,000 tokens, another's 131,072
  const near = scored.filter((row) => Math.abs(Number(row["tokensNominal"]) / nearest - 1) < 0.05);
  const scores = [...groupBy(near, (row) => String(row["variant"]))].map(([variant, own]) => {
    const tasks = [...groupBy(own, (row) => String(row["task"])).values()].map((task) =>
      mean(task.map((row) => Number(row["score"]))),
    );
    const values = own.map((row) => Number(row["score"]));
    const { low, high } = bootstrapMean(values, new Random(`frontier/${variant}`));
    return { variant, score: mean(tasks), low, high, trials: values.length };
  });
  return { tokens: nearest, scores };
}

/** Marks what no other beats, in the score against each price. */
export function markFront(
  points: readonly Omit<FrontierPoint, "bestTpot" | "bestUsers" | "bestPrice">[],
): FrontierPoint[] {
  type Bare = (typeof points)[number];
  const front = (measure: (point: Bare) => number | null): ReadonlySet<Bare> =>
    new Set(
      paretoFront(
        points.filter((point) => measure(point) !== null),
        [({ score }) => score, (point) => measure(point) ?? -Infinity],
      ),
    );
  const less = (value: number | null): number | null => (value === null ? null : -value);
  const [tpot, users, price] = [
    front(({ tpotSeconds }) => less(tpotSeconds)),
    front(({ usersPerRack }) => usersPerRack),
    front(({ dollarsPerMillionOutput }) => less(dollarsPerMillionOutput)),
  ];
  return points.map((point) => ({
    ...point,
    bestTpot: tpot.has(point),
    bestUsers: users.has(point),
    bestPrice: price.has(point),
  }));
}

const column = (name: string, doc: string, unit?: string, type: Column["type"] = "number"): Column => ({
  name,
  type,
  doc,
  ...(unit !== undefined && { unit }),
});

const columns: readonly Column[] = [
  column("system", "system", undefined, "string"),
  column("model", "model whose layers attend with the variant", undefined, "string"),
  column("variant", "attention variant", undefined, "string"),
  column("tokens", "context", "tokens", "integer"),
  column("score", "mean of the tasks' mean scores"),
  column("low", "lower end of its 95% interval"),
  column("high", "upper end of its 95% interval"),
  column("trials", "trials behind the score", undefined, "integer"),
  column("tpotSeconds", "time of an output token; empty where the users do not fit", "s"),
  column("usersPerRack", "users whose caches fit the system", undefined, "integer"),
  column(
    "dollarsPerMillionInput",
    "price of a million input tokens; empty where no plan meets the limit",
    "USD",
  ),
  column("dollarsPerMillionOutput", "price of a million output tokens", "USD"),
  column("bestTpot", "no other variant is as accurate and as fast", undefined, "boolean"),
  column("bestUsers", "no other variant is as accurate and serves as many", undefined, "boolean"),
  column("bestPrice", "no other variant is as accurate and as cheap", undefined, "boolean"),
];

/** Writes the points as CSV and as a figure. Returns the figure's paths. */
export const writeFrontier = (
  folder: string,
  points: readonly FrontierPoint[],
  manifest: { readonly assumptions: readonly string[] } & object,
): Promise<string[]> =>
  writeTables(folder, {
    name: "frontier",
    question: "Which variants are no worse than any other in both accuracy and cost?",
    tables: [
      {
        name: "data",
        title: "one row a variant",
        columns,
        rows: points.map((point): TrialRow => ({ ...point })),
        primaryKey: ["system", "model", "variant"],
      },
    ],
    figures: { frontier: frontierFigure(points) },
    manifest,
  });
