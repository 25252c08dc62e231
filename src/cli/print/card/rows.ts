import type { Card } from "../../../studies/card/result.ts";

/** A row with a cell for each card. */
export const row = (
  label: string,
  cards: readonly Card[],
  cell: (card: Card) => string,
): [string, ...string[]] => [label, ...cards.map(cell)];

/** Rows of which at least one card has more than nothing to say. */
export const told = (rows: readonly [string, ...string[]][]): [string, ...string[]][] =>
  rows.filter(([, ...cells]) => cells.some((cell) => cell !== "-"));
