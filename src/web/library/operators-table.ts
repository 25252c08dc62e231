import { formatBytes, formatSeconds, formatUnit } from "../../core/units.ts";
import type { ShownTable } from "../questions.ts";
import type { SystemStep } from "./hardware-figures.ts";
import type { PassOperator } from "./operators.ts";

/** A column of a system: its title, the cell of an operator, and the cell of the whole step. */
type OperatorColumn = readonly [title: string, cell: (operator: PassOperator) => string, step: string];

const orEmpty = (value: number, format: (value: number) => string): string =>
  value === 0 ? "" : format(value);

/** Operators of steps, with their times and work; what they add to the step has a column where some run beside others. */
export function operatorsTable(steps: readonly SystemStep[]): ShownTable {
  const names = [...new Set(steps.flatMap(({ operators }) => operators.map(({ name }) => name)))];
  const columns = steps.map(columnsOf);
  return {
    titles: ["operator", ...columns.flatMap((own) => own.map(([title]) => title))],
    rows: [
      ...names.map((name) => [
        name,
        ...steps.flatMap(({ operators }, s) => {
          const found = operators.find((each) => each.name === name);
          return columns[s]!.map(([, cell]) => (found === undefined ? "" : cell(found)));
        }),
      ]),
      ["the step", ...columns.flatMap((own) => own.map(([, , step]) => step))],
    ],
  };
}

function columnsOf({ system, operators }: SystemStep): OperatorColumn[] {
  const added = ({ seconds, hiddenSeconds }: PassOperator): number => seconds - hiddenSeconds;
  const step = formatSeconds(operators.reduce((sum, each) => sum + added(each), 0));
  const isHiding = operators.some(({ hiddenSeconds }) => hiddenSeconds > 0);
  return [
    [`${system.name}, time`, ({ seconds }) => formatSeconds(seconds), isHiding ? "" : step],
    ...(isHiding
      ? [["adds", (operator) => formatSeconds(added(operator)), step] satisfies OperatorColumn]
      : []),
    ["HBM", ({ bytes }) => orEmpty(bytes, formatBytes), ""],
    ["operations", ({ flops }) => orEmpty(flops, (value) => formatUnit(value, "FLOP")), ""],
  ];
}
