const form = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * The number that a text writes in decimals: 12, 0.5, 1e-3. NaN for any other text, such as an empty one and 0x10, and
 * for more than a number holds.
 */
export function decimal(text: string): number {
  const value = form.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

/** Smallest number above 0 and largest number that a user gives. Numbers that are computed of them stay finite. */
export const [smallest, largest] = [1e-24, 1e24];
