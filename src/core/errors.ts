/** A wrong input that a user can correct: a name, a value, a file. The command line prints it and exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Throws the error of a failed lookup by name: what, got, allowed. */
export function unknownName(what: string, got: string, allowed: Iterable<string>): never {
  throw new UsageError(`unknown ${what} "${got}"; known: ${[...allowed].join(", ")}`);
}
