import type { Problem } from "../tasks/task.ts";
import type { NamedProblem } from "../files/problems.ts";

const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length)}... (${text.length} characters)`;

/** Records of a problem: edge lines, or requests and responses. */
function recordCount({ circuit }: Problem): number {
  return circuit.kind === "count-retrieve"
    ? circuit.requests.count + circuit.responses.count
    : circuit.records.count;
}

/** Whether the answer that the file states is the one that the text gives; undefined where it states none. */
const agrees = (problem: Problem): boolean | undefined =>
  problem.stated === undefined ? undefined : problem.score(problem.stated).exact;

/** A problem in figures. */
export function inspectProblem({ id, task, tokensNominal, problem }: NamedProblem): {
  readonly id: string;
  readonly task: string;
  readonly tokensNominal: number;
  readonly tokens: number;
  readonly characters: number;
  readonly messages: number;
  readonly records: number;
  readonly circuit: string;
  readonly answer: string;
  readonly statedAnswerAgrees: boolean | undefined;
} {
  const { messages, tokens, circuit, answer } = problem;
  return {
    ...{ id, task: task.spec, tokensNominal, tokens },
    characters: messages.reduce((sum, { content }) => sum + content.length, 0),
    messages: messages.length,
    records: recordCount(problem),
    circuit: circuit.kind,
    answer,
    statedAnswerAgrees: agrees(problem),
  };
}

/** A problem as one reads it: its figures, then the first lines of its prompt. */
export function describeProblem(named: NamedProblem, lines: number): string {
  const facts = Object.entries({
    ...inspectProblem(named),
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
