import type { Command } from "@commander-js/extra-typings";
import { problemsOf } from "../../../files/problems.ts";
import { nameColumns } from "../../../tasks/named-problem.ts";
import { problemOptions } from "../../options/problems.ts";
import { writeProblems } from "../../print/problem.ts";

/** `attnsim tasks export`: chat messages for a real model. */
export default function tasksExportCommand(command: Command): void {
  const { spec, file, tokens, count, seed, out } = problemOptions;
  command
    .argument("[task]", spec)
    .option(...file)
    .option(...tokens)
    .option(...count)
    .option(...seed)
    .option(...out)
    .action((task, { out: path, ...source }) =>
      writeProblems(path, problemsOf(task, source), (named) => ({
        ...nameColumns(named),
        messages: named.problem.messages,
      })),
    );
}
