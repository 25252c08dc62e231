import { writeJsonl } from "../../files/lines.ts";
import { problemFacts } from "../../tasks/named-problem.ts";
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
    "",
    ...text.slice(0, lines).map((line) => shorten(line, 160)),
    ...(text.length > lines ? [`... (${text.length} lines)`] : []),
  ].join("\n");
}

/** A table of problems, and the number that state a wrong answer. */
export function formatProblems(facts: readonly ProblemFacts[]): string {
  const wrong = facts.filter(({ statedAnswerAgrees }) => statedAnswerAgrees === false).length;
  const table = formatTable(
    ["id", "task", "tokens", "characters", "messages", "records"],
    facts.map((each) => [each.id, each.task, each.tokens, each.characters, each.messages, each.records]),
  );
  if (wrong === 0) return table;
  return `${table}\n\n${wrong} of ${facts.length} rows state another answer than their text gives`;
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
