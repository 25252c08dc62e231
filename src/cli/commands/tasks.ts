import { UsageError } from "../../core/errors.ts";
import type { Interval } from "../../core/stats.ts";
import { formatCsv } from "../../files/csv.ts";
import { writeAtomic } from "../../files/files.ts";
import { groupBy } from "../../core/group.ts";
import { columns } from "../../trial/columns.ts";
import type { TrialRow } from "../../trial/columns.ts";
import type { Define } from "./all.ts";
import { writeJsonl } from "../../files/lines.ts";
import { integer } from "../options/values.ts";
import { formatTable } from "../print/table.ts";
import { describeProblem, inspectProblem } from "../task-inspect.ts";
import { responsesOf, scoreRow, summarise } from "../task-score.ts";
import { problemsOf, readRows } from "../../files/problems.ts";
import type { NamedProblem } from "../../files/problems.ts";

const specHelp = "task spec, as graphwalks(operation=parents); may be absent where a file's rows name it";
const tokens = ["--tokens <n>", "nominal length of generated problems: 4K, 131072, 1M"] as const;
const count = ["--count <n>", "problems; when absent 1, or all of a file", integer(1)] as const;
const seed = ["--seed <n>", "seed of generated problems; a run with it has the same", integer(0), 0] as const;
const file = ["--file <path>", "read .parquet or .jsonl rows: the public dataset's, or ours"] as const;
const out = ["--out <path>", ".jsonl file; standard output when absent"] as const;

/** `attnsim tasks`: problems to files and to real models, and the scores of their responses. */
export const define: Define = (tasks) => {
  for (const subcommand of [generate, exportMessages, score, inspect]) subcommand(tasks);
};

/** What a row of ours has before the columns of the dataset. */
const nameColumns = ({ id, task, tokensNominal, seed: of, index }: NamedProblem): object => ({
  ...{ id, task: task.spec, tokensNominal, seed: of, trial: index },
});

async function* map<T, U>(items: AsyncIterable<T>, f: (item: T) => U): AsyncGenerator<U> {
  for await (const item of items) yield f(item);
}

const generate: Define = (tasks) => {
  tasks
    .command("generate")
    .description("generate problems, as rows of the public dataset")
    .argument("<task>", specHelp)
    .requiredOption(...tokens)
    .option(...count)
    .option(...seed)
    .option(...out)
    .action(async (spec, { out: path, ...source }) => {
      const rows = map(problemsOf(spec, source), (named) => ({
        ...nameColumns(named),
        ...named.problem.row(),
      }));
      await writeJsonl(path, rows);
    });
};

const exportMessages: Define = (tasks) => {
  tasks
    .command("export")
    .description("write chat messages for a real model, a problem a line: id, task, messages")
    .argument("[task]", specHelp)
    .option(...file)
    .option(...tokens)
    .option(...count)
    .option(...seed)
    .option(...out)
    .action(async (spec, { out: path, ...source }) => {
      const rows = map(problemsOf(spec, source), (named) => ({
        ...nameColumns(named),
        messages: named.problem.messages,
      }));
      await writeJsonl(path, rows);
    });
};

const score: Define = (tasks) => {
  tasks
    .command("score")
    .description("score a model's responses to generated or exported problems")
    .argument("[task]", specHelp)
    .requiredOption("--responses <path>", ".jsonl file with an id and a response a line")
    .option(...file)
    .option(...tokens)
    .option(...count)
    .option(...seed)
    .option("--model <name>", "what the results call the model", "model")
    .option("--csv <path>", "write the rows as results, for attnsim plot")
    .option("--json", "print JSON")
    .action(async (spec, { responses: path, model, csv, json, ...source }) => {
      const responses = responsesOf(path, await readRows(path));
      const rows: TrialRow[] = [];
      const unanswered: string[] = [];
      for await (const named of problemsOf(spec, source)) {
        const response = responses.get(named.id);
        if (response === undefined) unanswered.push(named.id);
        else rows.push(scoreRow(named, response, model));
        responses.delete(named.id);
      }
      const strangers = [...responses.keys()];
      if (strangers.length > 0) throw new UsageError(strangersText(path, strangers, unanswered));
      if (csv !== undefined) writeAtomic(csv, formatCsv(columns, rows));
      if (unanswered.length > 0)
        console.error(
          `${unanswered.length} problems have no response and are left out: ${unanswered[0]!} ...`,
        );
      print(rows, json === true);
    });
};

function strangersText(path: string, strangers: readonly string[], unanswered: readonly string[]): string {
  const some = (ids: readonly string[]): string => ids.slice(0, 3).join(", ");
  const said = `${path} answers ${strangers.length} problems that were not given: ${some(strangers)}`;
  return unanswered.length === 0 ? said : `${said}; without a response: ${some(unanswered)}`;
}

const interval = ({ low, high }: Interval): string => `[${low.toFixed(3)} ${high.toFixed(3)}]`;

/** Rows, then means by task and length. */
function print(rows: readonly TrialRow[], json: boolean): void {
  const groups = [...groupBy(rows, ({ task, tokensNominal }) => `${task} ${tokensNominal}`).values()];
  const means = groups.map((group) => ({
    task: group[0]!.task,
    tokensNominal: group[0]!.tokensNominal,
    ...summarise(group),
  }));
  if (json) {
    console.log(JSON.stringify({ rows, means }, null, 2));
    return;
  }
  console.log(
    formatTable(
      ["id", "tokens", "score", "exact"],
      rows.map((row) => [row.id, row.tokens, row.score!.toFixed(4), String(row.exact)]),
    ),
  );
  console.log(
    `\n${formatTable(
      ["task", "tokens", "rows", "score", "95% interval", "exact", "95% interval"],
      means.map((mean) => [
        mean.task,
        mean.tokensNominal,
        mean.rows,
        mean.score.toFixed(3),
        interval(mean.scoreInterval),
        mean.exact.toFixed(3),
        interval(mean.exactInterval),
      ]),
    )}`,
  );
}

const inspect: Define = (tasks) => {
  tasks
    .command("inspect")
    .description("sizes, tokens, records and answers of problems; of one also its first lines")
    .argument("[task]", specHelp)
    .option(...file)
    .option(...tokens)
    .option(...count)
    .option(...seed)
    .option("--row <n>", "show only this one, from 0", integer(0))
    .option("--lines <n>", "lines of the prompt to show", integer(0), 12)
    .option("--json", "print JSON")
    .action(async (spec, { row, lines, json, ...source }) => {
      const facts: ReturnType<typeof inspectProblem>[] = [];
      let last: NamedProblem | undefined;
      let index = 0;
      const limit = row === undefined ? source.count : row + 1;
      for await (last of problemsOf(spec, { ...source, count: limit }))
        if (row === undefined || index++ === row) facts.push(inspectProblem(last));
      if (last === undefined || facts.length === 0)
        throw new UsageError(`--row must be an integer in [0, ${index - 1}]; got ${row}`);
      if (json) console.log(JSON.stringify(facts, null, 2));
      else if (facts.length === 1) console.log(describeProblem(last, lines));
      else console.log(tableOf(facts));
    });
};

const tableOf = (facts: readonly ReturnType<typeof inspectProblem>[]): string => {
  const wrong = facts.filter(({ statedAnswerAgrees }) => statedAnswerAgrees === false).length;
  return [
    formatTable(
      ["id", "task", "tokens", "characters", "messages", "records"],
      facts.map(
        ({ id, task, tokens: own, characters, messages, records }) =>
        [id, task, own, characters, messages, records], // prettier-ignore
      ),
    ),
    ...(wrong > 0 ? ["", `${wrong} of ${facts.length} rows state another answer than their text gives`] : []),
  ].join("\n");
};
