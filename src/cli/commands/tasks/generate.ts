import type { Command } from "@commander-js/extra-typings";
import { problemsOf } from "../../../files/problems.ts";
import { nameColumns } from "../../../tasks/named-problem.ts";
import { problemOptions } from "../../options/problems.ts";
import { writeProblems } from "../../print/problem.ts";

/** `attnsim tasks generate`: problems as rows of the public dataset. */
export default function tasksGenerateCommand(command: Command): void {
  const { spec, tokens, count, seed, out } = problemOptions;
  command
    .argument("<task>", spec)
    .requiredOption(...tokens)
    .option(...count)
    .option(...seed)
    .option(...out)
    .action((task, { out: path, ...source }) =>
      writeProblems(path, problemsOf(task, source), (named) => ({
        ...nameColumns(named),
        ...named.problem.row(),
      })),
    );
}
