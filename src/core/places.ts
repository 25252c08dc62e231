/** (count) positions spread evenly over [0, last], `last` among them. @param count at most last + 1 */
export const evenPositions = (count: number, last: number): Int32Array =>
  // rounding down gives `last` at the end
  Int32Array.from({ length: count }, (_, i) => Math.floor(((i + 1) * (last + 1)) / count) - 1);

/** Number of ascending numbers below a limit. */
export function countBelow(ascending: ArrayLike<number>, limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of a number among ascending ones; -1 if it is not there. */
export function placeOf(ascending: ArrayLike<number>, value: number): number {
  const place = countBelow(ascending, value);
  return ascending[place] === value ? place : -1;
}
