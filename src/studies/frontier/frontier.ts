import { UsageError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { bootstrapMean, mean } from "../../core/stats.ts";
import { paretoFront } from "../../hardware/serving/pareto.ts";
import { booleanColumn, integerColumn, numberColumn, textColumn } from "../../core/table.ts";
import type { Column } from "../../core/table.ts";
import type { TrialRow } from "../../trial/columns.ts";
import { frontierFigure } from "./figure.ts";
import type { FrontierPoint, VariantScore } from "./point.ts";
import { groupBy } from "../../core/group.ts";
import { writeTables } from "../../runs/tables.ts";

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
  const lengths = [...new Set(scored.map((row) => row.tokensNominal))].sort((a, b) => a - b);
  const nearest =
    tokens === undefined ? lengths.at(-1) : lengths.find((length) => Math.abs(length / tokens - 1) < 0.05);
  if (nearest === undefined)
    throw new UsageError(
      `no rows of ${tokens ?? "any"} tokens with a score; there are ${lengths.join(", ") || "none"}`,
    );
  // a task's 128K may be 128,000 tokens, another's 131,072
  const near = scored.filter((row) => Math.abs(row.tokensNominal / nearest - 1) < 0.05);
  const scores = [...groupBy(near, (row) => row.variant)].map(([variant, own]) => {
    const tasks = [...groupBy(own, (row) => row.task).values()].map((task) =>
      mean(task.map((row) => Number(row.score))),
    );
    const values = own.map((row) => Number(row.score));
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

const columns: readonly Column[] = [
  textColumn("system", "system"),
  textColumn("model", "model whose layers attend with the variant"),
  textColumn("variant", "attention variant"),
  integerColumn("tokens", "context", "tokens"),
  numberColumn("score", "mean of the tasks' mean scores"),
  numberColumn("low", "lower end of its 95% interval"),
  numberColumn("high", "upper end of its 95% interval"),
  integerColumn("trials", "trials behind the score"),
  numberColumn("tpotSeconds", "time of an output token; empty where the users do not fit", "s"),
  integerColumn("usersPerRack", "users whose caches fit the system"),
  numberColumn(
    "dollarsPerMillionInput",
    "price of a million input tokens; empty where no plan meets the limit",
    "USD",
  ),
  numberColumn("dollarsPerMillionOutput", "price of a million output tokens", "USD"),
  booleanColumn("bestTpot", "no other variant is as accurate and as fast"),
  booleanColumn("bestUsers", "no other variant is as accurate and serves as many"),
  booleanColumn("bestPrice", "no other variant is as accurate and as cheap"),
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
        rows: points.map((point) => ({ ...point })),
        primaryKey: ["system", "model", "variant"],
      },
    ],
    figures: { frontier: frontierFigure(points) },
    manifest,
  });
