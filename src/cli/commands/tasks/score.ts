import type { Command } from "@commander-js/extra-typings";
import { formatCsv } from "../../../files/csv-text.ts";
import { writeAtomic } from "../../../files/files.ts";
import { problemsOf } from "../../../files/problems.ts";
import { scoreResponses } from "../../../files/responses.ts";
import { columns } from "../../../trial/columns.ts";
import { problemOptions } from "../../options/problems.ts";
import { formatResponses, responseMeans } from "../../print/responses.ts";
import { print, printError } from "../../print/print.ts";

/** `attnsim tasks score`: scores of a real model's responses. */
export default function tasksScoreCommand(command: Command): void {
  const { spec, file, tokens, count, seed } = problemOptions;
  command
    .argument("[task]", spec)
    .requiredOption("--responses <path>", ".jsonl file; each line has an id and a response")
    .option(...file)
    .option(...tokens)
    .option(...count)
    .option(...seed)
    .option("--model <name>", "name of the model in the results", "model")
    .option("--csv <path>", "write the rows as results, for attnsim plot")
    .option("--json", "print JSON")
    .action(async (task, { responses, model, csv, json, ...source }) => {
      const { rows, unanswered } = await scoreResponses(responses, problemsOf(task, source), model);
      if (csv !== undefined) writeAtomic(csv, formatCsv(columns, rows));
      if (unanswered.length > 0)
        printError(
          `${unanswered.length} problems have no response and are left out; the first is ${unanswered[0]!}`,
        );
      const means = responseMeans(rows);
      print(json ? JSON.stringify({ rows, means }, null, 2) : formatResponses(rows, means));
    });
}
