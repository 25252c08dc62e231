/** A table for texts from users: it has no prototype, so that `constructor` and `toString` are no keys of it. */
export const lookup = <T>(table: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.assign(Object.create(null) as Record<string, T>, table);
