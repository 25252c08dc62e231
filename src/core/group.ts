/** Items by key, keys in the order in which they first appear. (Map.groupBy needs Node 21.) */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The different values among these, in the order in which they first appear. */
export const distinct = <T>(values: Iterable<T>): T[] => [...new Set(values)];
