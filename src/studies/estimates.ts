import type { Estimate } from "../core/stats.ts";
import { numberColumn, orEmpty } from "../core/table.ts";

/** Columns of an estimate: its value, and the ends of its interval. */
export const estimateColumns = <const Name extends string>(name: Name, doc: string) =>
  [
    numberColumn(name, doc),
    numberColumn(
      `${name}Low`,
      "lower end of its 95% interval over trials; of their range where there are fewer than 10",
    ),
    numberColumn(`${name}High`, "upper end"),
  ] as const;

/** Columns of an estimate that some rows do not have. */
export function maybeEstimateColumns<const Name extends string>(name: Name, doc: string) {
  const [value, low, high] = estimateColumns(name, doc);
  return [orEmpty(value), orEmpty(low), orEmpty(high)] as const;
}

type EstimateCells<Name extends string, Cell> = Readonly<Record<Name | `${Name}Low` | `${Name}High`, Cell>>;

/** Cells of `maybeEstimateColumns`. */
export const maybeEstimateCells = <const Name extends string>(name: Name, estimate: Estimate | null) =>
  ({
    [name]: estimate?.value ?? null,
    [`${name}Low`]: estimate?.low ?? null,
    [`${name}High`]: estimate?.high ?? null,
  }) as EstimateCells<Name, number | null>;

/** Cells of `estimateColumns`. */
export const estimateCells = <const Name extends string>(name: Name, estimate: Estimate) =>
  maybeEstimateCells(name, estimate) as EstimateCells<Name, number>;
