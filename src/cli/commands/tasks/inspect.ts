import type { Command } from "@commander-js/extra-typings";
import { problemsOf } from "../../../files/problems.ts";
import { problemFacts } from "../../../tasks/named-problem.ts";
import type { NamedProblem, ProblemFacts } from "../../../tasks/named-problem.ts";
import { problemOptions } from "../../options/problems.ts";
import { integer } from "../../options/values.ts";
import { formatProblem, formatProblems } from "../../print/problem.ts";
import { print } from "../../print/print.ts";

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
      const facts: ProblemFacts[] = [];
      let last: NamedProblem | undefined;
      for await (const named of problemsOf(task, { ...source, only: row })) {
        last = named;
        facts.push(problemFacts(named));
      }
      if (json) print(JSON.stringify(facts, null, 2));
      else print(facts.length === 1 ? formatProblem(last!, lines) : formatProblems(facts));
    });
}
