import { UsageError } from "../../core/errors.ts";
import { distinct } from "../../core/group.ts";
import { figures as kinds } from "../../figures/registry.ts";
import { parseCsv } from "../../files/csv-text.ts";
import type { CsvRow } from "../../files/where.ts";
import { parseCondition } from "../../files/where.ts";
import { splitList } from "../../core/list.ts";
import { chartsOfTable } from "../../runs/charts.ts";
import type { Chart } from "../../runs/charts.ts";
import type { DrawnFigure, ResultsAnswer, ResultsQuestion } from "../questions.ts";
import { commandLine } from "./command.ts";
import { draw } from "./draw.ts";
import { noted } from "./noted.ts";
import { published } from "./published.ts";

type DroppedFile = ResultsQuestion["files"][number];

/**
 * The command line's figures of dropped files. The first is shown while others are drawn. Where they cannot be drawn
 * together, those that can be drawn alone are.
 */
export async function* results({
  files,
  where,
  reference,
  look,
}: ResultsQuestion): AsyncGenerator<ResultsAnswer> {
  const command = commandLine(
    ["plot", ...files.map((file) => file.name)],
    [
      ["where", where === "" ? undefined : where],
      ["reference", reference === "" ? undefined : reference],
    ],
  );
  const errors: Record<string, string> = {};
  let warnings: string[] = [];
  const rows = new Map<string, CsvRow[]>();
  const chartsOf = (drawn: readonly DroppedFile[]): Chart[] => {
    warnings = [];
    return chartsOfTable(
      drawn.flatMap((file) => rows.get(file.name)!),
      {
        where: namesOf(drawn),
        conditions: splitList(where).map(parseCondition),
        title: namesOf(drawn),
        reference: reference === "" ? undefined : reference,
        published,
        warn: (sentence) => warnings.push(sentence),
      },
    );
  };
  const isRead = ({ name, text }: DroppedFile): boolean =>
    noted(errors, name, () => rows.set(name, parseCsv<string>(text, name, [])));
  let charts: Chart[] = [];
  const isDrawn = (some: readonly DroppedFile[]): boolean =>
    noted(errors, namesOf(some), () => (charts = chartsOf(some)));
  try {
    let drawn = files.filter(isRead);
    if (!isDrawn(drawn)) {
      drawn = drawn.filter((file) => isDrawn([file]));
      if (drawn.length === 0)
        throw new UsageError(distinct(files.flatMap(({ name }) => errors[name] ?? [])).join("; "));
      charts = chartsOf(drawn);
    }
    const contents = files.map(({ name }) => contentsOf(rows.get(name) ?? []));
    const figures: DrawnFigure[] = [];
    for (const chart of charts) {
      const figure = await draw(chart.name, chart.spec, look);
      figures.push({ ...figure, title: `${subjectOf(chart.name)}: ${namesOf(drawn)}` });
      yield { figures: [...figures], warnings, contents, errors, command };
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield { figures: [], warnings, contents: [], errors: {}, error: error.message, command };
  }
}

const namesOf = (files: readonly DroppedFile[]): string => files.map((file) => file.name).join(", ");

/** Subject of a figure as the first words of a title: `Score against context length`. */
function subjectOf(name: string): string {
  const summary = kinds.find((kind) => kind.name === name)?.summary ?? name;
  return summary.charAt(0).toUpperCase() + summary.slice(1);
}

/** Longest list of names that tells files apart. */
const mostNamed = 3;

/** Contents of a file in words: `810 rows; graphwalks-bfs, graphwalks-parents; 10 variants`. */
function contentsOf(rows: readonly CsvRow[]): string {
  const valuesOf = (column: string): string[] =>
    distinct(rows.flatMap((row) => (row[column] ? [row[column]] : [])));
  const tasks = [valuesOf("benchmark"), valuesOf("task")].find((names) => names.length > 0) ?? [];
  const variants = valuesOf("variant");
  return [
    `${rows.length} ${rows.length === 1 ? "row" : "rows"}`,
    tasks.length > mostNamed ? `${tasks.length} tasks` : tasks.join(", "),
    variants.length > mostNamed ? `${variants.length} variants` : variants.join(", "),
  ]
    .filter((part) => part !== "")
    .join("; ");
}
