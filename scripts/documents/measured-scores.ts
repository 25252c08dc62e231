import { existsSync } from "node:fs";
import { distinct } from "../../src/core/group.ts";
import { formatLength } from "../../src/core/length.ts";
import { problemsInWords } from "../../src/studies/agreement/compare.ts";
import { fittedRows } from "../../src/studies/agreement/fit/declaration.ts";
import { dataPath } from "../../src/files/published.ts";
import { readMeasured } from "../../src/studies/agreement/measured.ts";
import { reasonsOf } from "../../src/studies/agreement/result.ts";
import type { UnexpressedReason } from "../../src/studies/agreement/result.ts";
import { sortRows } from "../../src/studies/agreement/rows.ts";
import { settingRoles } from "../../src/studies/agreement/roles.ts";
import { joined, table } from "./markdown.ts";
import { manifestOf, resultsFile, rowsOf } from "./results/data.ts";

/** Committed comparisons with measured scores by the folders of their results, and the lengths that they hold. */
const comparisons = { agreement: "4K", "agreement-long": "8K to 128K" } as const;

type Row = Readonly<Record<string, string>>;

const points = (share: string | undefined): string => (100 * Number(share)).toFixed(1);
const interval = (row: Row, low: string, high: string): string =>
  row[low] === "" ? "" : ` [${points(row[low])} ${points(row[high])}]`;
const signed = (share: string): string => `${Number(share) < 0 ? "" : "+"}${points(share)}`;
const rank = (text: string | undefined): string => (text === "" ? "" : Number(text).toFixed(2));

const isCommitted = (file: string): boolean => existsSync(resultsFile(file));

const notYet = "No results are committed yet.";

const committed = (): (keyof typeof comparisons)[] =>
  (Object.keys(comparisons) as (keyof typeof comparisons)[]).filter((name) =>
    isCommitted(`${name}/roles.csv`),
  );

const trialsIn = (folder: string): string => {
  const { config } = manifestOf(folder) as { readonly config: { readonly trials: number } };
  return problemsInWords(config.trials);
};

/** The agreement by length and role, beside the baselines. */
export const measuredRoles = (): string =>
  joined(
    committed().map((name) =>
      joined([
        `[results/${name}](../results/${name}), ${comparisons[name]}, ${trialsIn(name)}:`,
        table({
          titles: [
            "rows",
            "settings",
            "cells",
            "error a setting",
            "by sources",
            "error a cell",
            "bias",
            "Spearman",
          ],
          rows: rowsOf(`${name}/roles.csv`).map((row) => [
            row.role!,
            row.settings!,
            row.cells!,
            `${points(row.settingError)}${interval(row, "settingLow", "settingHigh")}`,
            interval(row, "sourceLow", "sourceHigh").trim(),
            `${points(row.cellError)}${interval(row, "cellLow", "cellHigh")}`,
            points(row.bias),
            row.spearman === ""
              ? ""
              : `${rank(row.spearman)} [${rank(row.spearmanLow)} ${rank(row.spearmanHigh)}]`,
          ]),
        }),
        table({
          titles: [
            "predicted without simulation",
            "settings",
            "its error a setting",
            "the simulator's on them",
          ],
          rows: rowsOf(`${name}/baselines.csv`)
            .filter(({ settings }) => settings !== "0")
            .map((row) => [row.baseline!, row.settings!, points(row.settingError), points(row.ours)]),
        }),
      ]),
    ),
  );

const groupings = { method: "method", task: "task", tokens: "length", source: "source" } as const;

/** Errors a setting by method, task, length and source, and their bias; a column a role. */
export const measuredGroups = (): string =>
  joined(
    committed().flatMap((name) => {
      const rows = rowsOf(`${name}/groups.csv`);
      const roles = settingRoles.filter((role) => rows.some((row) => row.role === role));
      return [
        `[results/${name}](../results/${name}), error a setting (and bias):`,
        ...Object.entries(groupings).map(([by, title]) => {
          const own = rows.filter((row) => row.by === by);
          return table({
            titles: [title, ...roles],
            rows: distinct(own.map(({ group }) => group!)).map((group) => [
              by === "tokens" ? formatLength(Number(group)) : group,
              ...roles.map((role) => {
                const row = own.find((one) => one.group === group && one.role === role);
                return row === undefined ? "" : `${points(row.settingError)} (${signed(row.bias!)})`;
              }),
            ]),
          });
        }),
      ];
    }),
  );

const shownReasons = 16;

/** Rows of the package's own table that are not run at 128K tokens or less, by reason. */
export function measuredReasons(): string {
  const table128K = sortRows(readMeasured(dataPath("measured-accuracy.csv")), { most: 131_072 });
  const reasons = reasonsOf(table128K.unexpressed);
  const others = reasons.slice(shownReasons);
  const rowsIn = (some: readonly UnexpressedReason[]): string =>
    String(some.reduce((sum, { rows }) => sum + rows, 0));
  return joined([
    `Of the table's rows ${table128K.expressed.length} can be run at 128K tokens or less, and ${rowsIn(reasons)} cannot:`,
    table({
      titles: ["reason", "rows"],
      rows: [
        ...reasons.slice(0, shownReasons).map(({ reason, rows }) => [reason, String(rows)]),
        [`${others.length} other reasons, most of them methods without a variant`, rowsIn(others)],
      ],
    }),
  ]);
}

/** The agreement without each part of the reader's geometry. */
export function ablatedParts(): string {
  if (!isCommitted("agreement-ablation/parts.csv")) return notYet;
  const [full, ...parts] = rowsOf("agreement-ablation/parts.csv");
  const { config } = manifestOf("agreement-ablation") as {
    readonly config: { readonly keep?: number; readonly only?: readonly string[]; readonly most: number };
  };
  const difference = (row: Row, name: string): string =>
    `${signed(row[`${name}Difference`]!)}${interval(row, `${name}DifferenceLow`, `${name}DifferenceHigh`)}`;
  const only = config.only === undefined ? "" : `; ${config.only.join(", ")}`;
  const keep = config.keep === undefined ? "" : ` that keep ${100 * config.keep}% (within 10 points)`;
  return joined([
    `[results/agreement-ablation](../results/agreement-ablation): ${full!.settings} settings${keep} at ${formatLength(config.most)}, ${full!.cells} cells, ${trialsIn("agreement-ablation")}${only}. The full reader is ${points(full!.settingError)} points off a setting and ${points(full!.cellError)} a cell; Spearman ${rank(full!.spearman)}.`,
    table({
      titles: ["without", "on, off", "error a setting, difference", "error a cell, difference", "Spearman"],
      rows: parts.map((row) => [
        row.part === "geometry" ? "all of them" : row.part!,
        row.part === "geometry" ? "" : `${row.on}, ${row.off}`,
        difference(row, "setting"),
        difference(row, "cell"),
        rank(row.spearman),
      ]),
    }),
  ]);
}

/** The fitted numbers. */
export function fittedReader(): string {
  if (!isCommitted("agreement-fit/numbers.csv")) return notYet;
  const { methods, model, tokens } = fittedRows;
  return joined([
    `[results/agreement-fit](../results/agreement-fit): fitted to ${methods.join(", ")} of ${model} at ${formatLength(tokens)}, ${trialsIn("agreement-fit")}, ${rowsOf("agreement-fit/points.csv").length} points tried.`,
    table({
      titles: ["number", "fitted", "95%", "range of the search", "meaning"],
      rows: rowsOf("agreement-fit/numbers.csv").map((row) => [
        `\`${row.number!}\``,
        row.value!,
        `[${row.low!} ${row.high!}]`,
        `${row.lowest!} to ${row.highest!}`,
        row.doc!,
      ]),
    }),
  ]);
}
