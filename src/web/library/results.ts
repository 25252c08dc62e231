import { UsageError } from "../../core/errors.ts";
import { parseCsv } from "../../files/csv-text.ts";
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
    const rows = files.flatMap((file) => parseCsv<string>(file.text, file.name, []));
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
      figures.push(await draw(chart.name, chart.spec, look));
      yield { figures: [...figures], warnings, rows: rows.length, command };
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield { figures: [], warnings, rows: 0, error: error.message, command };
  }
}
