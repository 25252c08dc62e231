/**
 * Cells that a spreadsheet would run as a formula: those that begin with one of these characters, and are no numbers. The
 * list is OWASP's (owasp.org/www-community/attacks/CSV_Injection), full-width forms included.
 */
const formula = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Whether a text is such a cell, or one with apostrophes before it. */
const isFormula = (text: string): boolean =>
  formula.test(text) && (/^['\s]/.test(text) || !Number.isFinite(Number(text)));

let isSafe = false;

/** Lets files be written with an apostrophe before each formula, or not: a setting of the process, as is --wide. */
export const setSafeCells = (safe: boolean): void => {
  isSafe = safe;
};

/**
 * A text as its cell. With --safe-csv a formula gets an apostrophe, which spreadsheets take for "this is text". A formula
 * that begins with an apostrophe gets one more in any case, so that `fromCell` gives back what was written.
 */
export const toCell = (text: string): string =>
  isFormula(text) && (isSafe || text.startsWith("'")) ? `'${text}` : text;

/** The text of a cell: the inverse of `toCell`. */
export const fromCell = (cell: string): string =>
  cell.startsWith("'") && isFormula(cell.slice(1)) ? cell.slice(1) : cell;
