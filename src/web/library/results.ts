import { UsageError } from "../../core/errors.ts";
import { distinct } from "../../core/group.ts";
import { figures as kinds } from "../../figures/registry.ts";
import { parseCsv } from "../../files/csv-text.ts";
import type { CsvRow } from "../../files/where.ts";
import { parseCondition } from "../../files/where.ts";
import { splitList } from "../../core/list.ts";
import { chartsOfTable } from "../../runs/charts.ts";
import type { DrawnFigure, ResultsAnswer, ResultsQuestion } from "../questions.ts";
import { commandLine } from "./command.ts";
import { draw } from "./draw.ts";
import { published } from "./published.ts";

/** The command line's figures of dropped files. The first is shown while others are drawn. */
export async function* results({
  files,
  where,
  reference,
  look,
}: ResultsQuestion): AsyncGenerator<ResultsAnswer> {
  const name = files.map((file) => file.name).join(", ");
  const command = commandLine(
    ["plot", ...files.map((file) => file.name)],
    [
      ["where", where === "" ? undefined : where],
      ["reference", reference === "" ? undefined : reference],
    ],
  );
  const warnings: string[] = [];
  try {
    const tables = files.map((file) => parseCsv<string>(file.text, file.name, []));
    const rows = tables.flat();
    const charts = chartsOfTable(rows, {
      where: name,
      conditions: splitList(where).map(parseCondition),
      title: name,
      reference: reference === "" ? undefined : reference,
      published,
      warn: (sentence) => warnings.push(sentence),
    });
    const figures: DrawnFigure[] = [];
    for (const chart of charts) {
      const figure = await draw(chart.name, chart.spec, look);
      figures.push({ ...figure, title: `${subjectOf(chart.name)}: ${name}` });
      yield { figures: [...figures], warnings, contents: tables.map(contentsOf), command };
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield { figures: [], warnings, contents: [], error: error.message, command };
  }
}

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
