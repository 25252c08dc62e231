import { paramFacts } from "../../src/cli/print/facts.ts";
import { catalog } from "../../src/catalog.ts";
import { contents, joined, sentence, sources, table } from "../documents/markdown.ts";

/** docs/reference/tasks.md: every task with its parameters. */
export const tasksPage = (): string =>
  joined([
    "# Tasks",
    "Lengths are those of the public dataset; a run may ask for any other.",
    contents(catalog.tasks),
    ...[...catalog.tasks].flatMap((task) => [
      `## ${task.name}`,
      sentence(task.summary),
      `Lengths: ${task.lengths.join(", ")} tokens.`,
      table(paramFacts(task.params)),
      sources(task),
    ]),
  ]);
