/**
 * The members that no other beats: none is at least as good in every measure and better in one. In the order given;
 * of equal members, all.
 *
 * @param measures larger is better
 */
export function paretoFront<T>(members: readonly T[], measures: readonly ((member: T) => number)[]): T[] {
  const points = members.map((member) => measures.map((measure) => measure(member)));
  const beats = (a: readonly number[], b: readonly number[]): boolean =>
    a.every((value, i) => value >= b[i]!) && a.some((value, i) => value > b[i]!);
  return members.filter((_, i) => !points.some((point) => beats(point, points[i]!)));
}
