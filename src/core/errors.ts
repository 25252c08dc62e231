/** A wrong input that a user can correct: a name, a value, a file. The command line prints it and exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /** Words that are longer than any path, and lists beyond reading, are cut in their middle: they come from what is wrong. */
  constructor(message: string) {
    const words = message.replaceAll(longWord, (word) => shortened(word, 300));
    super(words.length > mostCharacters ? shortened(words, mostCharacters) : words);
  }
}

const longWord = /\S{600,}/g;
const mostCharacters = 9000;

/** A text of at most a number of characters: two thirds are its beginning. */
const shortened = (text: string, characters: number): string =>
  `${text.slice(0, (2 * characters) / 3)}…${text.slice(-characters / 3)}`;

/** A combination that cannot be had of parts that can: a task at a length too short for it, a variant in the mean field. */
export class ImpossibleError extends UsageError {}

/** Throws the error of a failed lookup by name: what, got, allowed. */
export function unknownName(what: string, got: string, allowed: Iterable<string>): never {
  const names = [...allowed];
  throw new UsageError(`unknown ${what} "${got}"; known: ${names.join(", ")}${didYouMean(got, names)}`);
}

/** A suggestion for a misspelt name: `; did you mean dense?`. Empty where no name is near. */
export function didYouMean(got: string, names: readonly string[]): string {
  const wanted = got.toLowerCase();
  const near = names
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0];
  return near === undefined ? "" : `; did you mean ${near.name}?`;
}

/**
 * Letters to insert, remove, replace or swap between two words (Damerau 1964, of neighbours alone). A beginning of the other
 * word counts as half a letter: gb200 is near gb200-nvl72.
 */
function distanceOf(a: string, b: string): number {
  if (a.length >= 3 && b.startsWith(a)) return 0.5;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
