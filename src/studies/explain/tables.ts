import { numberColumn, textColumn } from "../../core/table.ts";
import type { Column } from "../../core/table.ts";
import type { Estimate } from "../calibrate/sample.ts";
import type { Target } from "../calibrate/target.ts";
import { lengthCurves } from "../../figures/length-curves.ts";
import { shareAxis } from "../../figures/style.ts";
import type { ResultTable } from "../../runs/tables.ts";
import { bestOfGroups } from "./report.ts";
import type { ChangeReport, ExplanationReport } from "./report.ts";

const withInterval = (name: string, doc: string): Column[] => [
  numberColumn(name, doc),
  numberColumn(`${name}Low`, "lower end of its 95% bootstrap interval over trials"),
  numberColumn(`${name}High`, "upper end"),
];

const cells = (name: string, estimate: Estimate | null) => ({
  [name]: estimate?.value ?? null,
  [`${name}Low`]: estimate?.low ?? null,
  [`${name}High`]: estimate?.high ?? null,
});

const change = textColumn("change", "the change of the fitted reader");

/** ranking.csv, scores.csv and costs.csv of an explanation. */
export function explanationTables({ base, ranking }: ExplanationReport): ResultTable[] {
  const all = [base, ...ranking];
  return [
    {
      name: "ranking",
      title: "one row a change of the fitted reader; rank 0 is no change",
      columns: [
        { name: "rank", type: "integer", doc: "by the mean error" },
        change,
        textColumn("kind", "attention, logits, or another number of the reader"),
        textColumn("group", "the variant or parameter of which this is a setting"),
        textColumn("variant", "attention variant spec"),
        textColumn("reader", "reader parameters that differ from the defaults, as JSON"),
        ...withInterval("error", "mean distance from the published scores, 0 to 1"),
        numberColumn("longError", "of the columns from 256K tokens on"),
        ...withInterval("gain", "by how much it is nearer than the fitted reader unchanged"),
        ...withInterval("behind", "by how much it is farther than the first"),
        ...withInterval("numerics", "mean distance with full numerics; empty where they were not asked for"),
        numberColumn(
          "bytesReadPerToken",
          "cache and state that a decode step reads for a user, all layers",
          "B",
        ),
        numberColumn("bytesPerUser", "cache and state of a user, all layers", "B"),
      ],
      rows: all.map(({ error, gain, behind, numerics, reader, cost, ...row }) => ({
        ...{ rank: row.rank, change: row.change, kind: row.kind, group: row.group, variant: row.variant },
        ...{ reader: JSON.stringify(reader), longError: row.longError },
        ...cells("error", error),
        ...cells("gain", gain),
        ...cells("behind", behind),
        ...cells("numerics", numerics),
        ...{ bytesReadPerToken: cost?.bytesReadPerToken ?? null, bytesPerUser: cost?.bytesPerUser ?? null },
      })),
      primaryKey: ["change"],
    },
    {
      name: "scores",
      title: "one row a change and published column",
      columns: [
        change,
        textColumn("benchmark", "benchmark, as published-scores.csv names it"),
        textColumn("column", "column of the benchmark, as published"),
        numberColumn("published", "published score, 0 to 1"),
        ...withInterval("score", "mean score in the mean field"),
      ],
      rows: all.flatMap((row) =>
        row.columns.map(({ score, ...column }) => ({
          change: row.change,
          ...column,
          ...cells("score", score),
        })),
      ),
      primaryKey: ["change", "benchmark", "column"],
    },
    {
      name: "costs",
      title: "one row a change and system",
      columns: [
        change,
        textColumn("system", "rack"),
        { name: "usersPerRack", type: "integer", doc: "users whose caches fit" },
        numberColumn(
          "tpotSeconds",
          "time of a decode step with the users asked for; empty where they do not fit",
          "s",
        ),
        numberColumn(
          "dollarsPerMillion",
          "USD per million output tokens at that step, the rack always at work",
          "USD",
        ),
      ],
      rows: all.flatMap((row) =>
        (row.cost?.systems ?? []).map((system) => ({ change: row.change, ...system })),
      ),
      primaryKey: ["change", "system"],
    },
  ];
}

/** Changes that are drawn beside the fitted reader. */
const drawn = 4;

/** The published columns of both models, the fitted reader, and the changes that come nearest. */
export function explanationFigure(
  { models: [source, target], base, ranking }: ExplanationReport,
  before: readonly Target[],
  targets: readonly Target[],
): object {
  const tokens = new Map([...before, ...targets].map((each) => [each.name, each.tokens]));
  const tokensOf = (benchmark: string, column: string): number => tokens.get(`${benchmark}:${column}`)!;
  const groups = bestOfGroups(ranking);
  const attention = groups.filter(({ kind }) => kind === "attention").slice(0, drawn - 1);
  const rival = groups.filter(({ kind }) => kind !== "attention").slice(0, 1);
  const curve = (row: ChangeReport, series: string) =>
    row.columns.map(({ benchmark, column, score }) => ({
      ...{ panel: benchmark, series, tokens: tokensOf(benchmark, column) },
      ...{ mean: score.value, low: score.low, high: score.high },
    }));
  const marks = (model: string, of: readonly Target[]) =>
    of.map(({ benchmark, tokens: at, published }) => ({
      panel: benchmark,
      model,
      tokens: at,
      mean: published,
    }));
  return lengthCurves({
    title: `Which single change moves ${source}'s scores to ${target}'s?`,
    subtitle: `one reader, fitted to ${source} with ${base.variant} attention; mean score in the mean field and its 95% interval over trials; open marks: published scores, at the upper end of the lengths they cover`,
    points: [
      ...curve(base, `${base.change}, fitted`),
      ...[...attention, ...rival].flatMap((row) => curve(row, row.change)),
    ],
    published: [...marks(source, before), ...marks(target, targets)],
    y: shareAxis("score"),
  });
}
