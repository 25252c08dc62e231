import type { Command } from "@commander-js/extra-typings";
import { UsageError } from "../../../core/errors.ts";
import { problemsOf } from "../../../files/problems.ts";
import { problemFacts } from "../../../tasks/named-problem.ts";
import type { NamedProblem, ProblemFacts } from "../../../tasks/named-problem.ts";
import { problemOptions } from "../../options/problems.ts";
import { integer } from "../../options/values.ts";
import { formatProblem, formatProblems } from "../../print/problem.ts";

/** `attnsim tasks inspect`: sizes and answers of problems. */
export default function tasksInspectCommand(command: Command): void {
  const { spec, file, tokens, count, seed } = problemOptions;
  command
    .argument("[task]", spec)
    .option(...file)
    .option(...tokens)
    .option(...count)
    .option(...seed)
    .option("--row <n>", "show only this problem; the first is 0", integer(0))
    .option("--lines <n>", "lines of the prompt to show", integer(0), 12)
    .option("--json", "print JSON")
    .action(async (task, { row, lines, json, ...source }) => {
      const limit = row === undefined ? source.count : row + 1;
      const facts: ProblemFacts[] = [];
      let shown: NamedProblem | undefined;
      let place = 0;
      for await (const named of problemsOf(task, { ...source, count: limit }))
        if (row === undefined || place++ === row) {
          shown = named;
          facts.push(problemFacts(named));
        }
      if (shown === undefined)
        throw new UsageError(`--row must be an integer in [0, ${place - 1}]; got ${row}`);
      if (json) console.log(JSON.stringify(facts, null, 2));
      else console.log(facts.length === 1 ? formatProblem(shown, lines) : formatProblems(facts));
    });
}
