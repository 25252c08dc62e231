import { writeJsonl } from "../../files/lines.ts";
import { problemFacts } from "../../tasks/named-problem.ts";
import { parseTask } from "../../tasks/spec.ts";
import type { TaskSpec } from "../../tasks/spec.ts";
import { distinct } from "../../core/group.ts";
import type { NamedProblem, ProblemFacts } from "../../tasks/named-problem.ts";
import { formatTable } from "./table.ts";

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}... (${text.length} characters)`;

/** A problem as text: its sizes, then the first lines of its prompt. */
export function formatProblem(named: NamedProblem, lines: number): string {
  const facts = Object.entries({
    ...problemFacts(named),
    answer: shorten(named.problem.answer.replace(/\s*\n\s*/g, " / "), 300),
  });
  const shown = facts.filter(([, value]) => value !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  const text = named.problem.messages.flatMap(({ role, content }) =>
    content.split("\n").map((line, i) => (i === 0 ? `[${role}] ${line}` : line)),
  );
  return [
    ...shown.map(([name, value]) => `${name.padEnd(width)}  ${String(value)}`),
    ...binLines([named.task]),
    "",
    ...text.slice(0, lines).map((line) => shorten(line, 160)),
    ...(text.length > lines ? [`... (${text.length} lines)`] : []),
  ].join("\n");
}

/** A line on nominal lengths if some of the tasks have bins of lengths; otherwise none. */
const binLines = (tasks: readonly TaskSpec[]): string[] =>
  tasks.some(({ task }) => task.binned)
    ? [
        "",
        "a nominal length is the upper end of a bin: prompt and answer have more than half as many tokens, and at most as many",
      ]
    : [];

/** A table of problems, and the number that state a wrong answer. */
export function formatProblems(facts: readonly ProblemFacts[]): string {
  const wrong = facts.filter(({ statedAnswerAgrees }) => statedAnswerAgrees === false).length;
  const table = formatTable(
    ["id", "task", "tokens", "characters", "messages", "records"],
    facts.map((each) => [each.id, each.task, each.tokens, each.characters, each.messages, each.records]),
  );
  const bins = binLines(distinct(facts.map(({ task }) => task)).map(parseTask));
  if (wrong === 0) return [table, ...bins].join("\n");
  return `${[table, ...bins].join("\n")}\n\n${wrong} of ${facts.length} rows state another answer than their text gives`;
}

/** Writes problems as JSON lines to a file, or to standard output without a path. Counts them at a terminal. */
export async function writeProblems(
  path: string | undefined,
  problems: AsyncIterable<NamedProblem>,
  rowOf: (named: NamedProblem) => object,
): Promise<void> {
  const counted = path !== undefined && process.stderr.isTTY;
  let count = 0;
  const rows = async function* () {
    for await (const named of problems) {
      yield rowOf(named);
      if (counted) process.stderr.write(`\r${++count} problems`);
    }
  };
  try {
    await writeJsonl(path, rows());
  } finally {
    if (counted) process.stderr.write("\r\u001b[K");
  }
}
