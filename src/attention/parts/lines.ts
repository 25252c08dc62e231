import { eachRow } from "./votes.ts";
import type { Voters } from "./votes.ts";

/** Columns (keys) and diagonals (distances from the query) of an attention matrix; ascending. */
export interface Lines {
  readonly columns: ArrayLike<number>;
  readonly diagonals: ArrayLike<number>;
}

/** Sums of weights over each column and each diagonal. */
export interface LineSums {
  readonly columns: Float64Array;
  readonly diagonals: Float64Array;
}

/** Sums of the weights of some queries over columns and diagonals, for each query head of a kv head. */
export function lineSums(voters: Voters): LineSums[] {
  const { positions, group } = voters.queries;
  const end = positions.reduce((most, position) => Math.max(most, position + 1), 0);
  const sums = Array.from({ length: group }, () => ({
    columns: new Float64Array(end),
    diagonals: new Float64Array(end),
  }));
  let row = 0;
  eachRow(voters, true, (weights, visible) => {
    const { columns, diagonals } = sums[row++ % group]!;
    for (let t = 0; t < visible; t++) {
      columns[t]! += weights[t]!;
      diagonals[visible - 1 - t]! += weights[t]!;
    }
  });
  return sums;
}

/** Hands the tokens of columns and diagonals that a query of `end` visible tokens sees to `add`, ascending. */
export function eachLineToken(
  { columns, diagonals }: Lines,
  end: number,
  add: (start: number, end: number) => void,
): void {
  // diagonals backwards are tokens forwards: two ascending lists are merged
  let [column, diagonal] = [0, diagonals.length - 1];
  while (diagonal >= 0 && diagonals[diagonal]! >= end) diagonal--;
  for (;;) {
    const down = column < columns.length && columns[column]! < end ? columns[column]! : Infinity;
    const across = diagonal >= 0 ? end - 1 - diagonals[diagonal]! : Infinity;
    const row = Math.min(down, across);
    if (row === Infinity) return;
    add(row, row + 1);
    if (down === row) column++;
    if (across === row) diagonal--;
  }
}
