const form = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * The number that a text writes in decimals: 12, 0.5, 1e-3. NaN for any other text, such as an empty one and 0x10, and
 * for more than a number holds.
 */
export function decimal(text: string): number {
  const value = form.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

/** Largest number that a user gives; the smallest one above 0 is its reciprocal. Numbers that are computed of them stay finite. */
export const farthest = 1e24;
