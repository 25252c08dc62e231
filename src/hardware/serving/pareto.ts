/**
 * Members that no other member beats. A member beats another if it is at least as good in every measure and better in
 * one. Members keep their order, and equal members all stay.
 *
 * @param measures larger is better
 */
export function paretoFront<T>(members: readonly T[], measures: readonly ((member: T) => number)[]): T[] {
  const points = members.map((member) => measures.map((measure) => measure(member)));
  const beats = (a: readonly number[], b: readonly number[]): boolean =>
    a.every((value, i) => value >= b[i]!) && a.some((value, i) => value > b[i]!);
  return members.filter((_, i) => !points.some((point) => beats(point, points[i]!)));
}
