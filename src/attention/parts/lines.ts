import { Spans } from "./spans.ts";
import { eachRow } from "./votes.ts";
import type { Voters } from "./votes.ts";

/** Columns (keys) and diagonals (distances from the query) of an attention matrix; ascending. */
export interface Lines {
  readonly columns: ArrayLike<number>;
  readonly diagonals: ArrayLike<number>;
}

/** Sums of the weights of some queries over each column and each diagonal. */
export function lineSums(voters: Voters): { columns: Float64Array; diagonals: Float64Array } {
  const end = voters.queries.positions.reduce((most, position) => Math.max(most, position + 1), 0);
  const [columns, diagonals] = [new Float64Array(end), new Float64Array(end)];
  eachRow(voters, true, (weights, visible) => {
    for (let t = 0; t < visible; t++) {
      columns[t]! += weights[t]!;
      diagonals[visible - 1 - t]! += weights[t]!;
    }
  });
  return { columns, diagonals };
}

/** Tokens of columns and diagonals that each query sees. */
export const lineSpans = ({ columns, diagonals }: Lines, visible: Int32Array): Spans =>
  new Spans(visible.length, (i, add) => {
    const end = visible[i]!;
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
  });
