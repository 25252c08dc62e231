/** A wrong input that a user can correct: a name, a value, a file. The command line prints it and exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A combination that cannot be had of parts that can: a task at a length too short for it, a variant in the mean field. */
export class ImpossibleError extends UsageError {}

/** Throws the error of a failed lookup by name: what, got, allowed. */
export function unknownName(what: string, got: string, allowed: Iterable<string>): never {
  throw new UsageError(`unknown ${what} "${got}"; known: ${[...allowed].join(", ")}`);
}
