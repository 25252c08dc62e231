import { UsageError } from "./errors.ts";

/** An object from JSON or YAML. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Levels of lists and objects in a file at most: readers step through them by recursion, and no known format has a tenth. */
export const mostLevels = 200;

/**
 * The value of a JSON text.
 *
 * @param where name of the file, for the message: `a.json is no JSON: ...`
 * @throws UsageError for a text that is no JSON, or whose lists and objects lie in each other too deep
 */
export function parseJson(text: string, where: string): unknown {
  if (levelsOf(text) > mostLevels)
    throw new UsageError(`${where} is no JSON that can be read: it has more than ${mostLevels} levels`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is no JSON: ${(error as Error).message}`);
  }
}

/** The value of a JSON text that Python wrote: Infinity is read as too large a number, NaN as null. @throws as `parseJson` */
export const parsePythonJson = (text: string, where: string): unknown =>
  parseJson(
    text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"|\bInfinity\b|\bNaN\b/gs, (found) =>
      found === "Infinity" ? "1e999" : found === "NaN" ? "null" : found,
    ),
    where,
  );

const [quote, backslash, open, close] = ['"', "\\", ["[", "{"], ["]", "}"]].map((marks) =>
  [marks].flat().map((mark) => mark.charCodeAt(0)),
) as [number[], number[], number[], number[]];

/** Most lists and objects of a JSON text that lie in each other. */
function levelsOf(text: string): number {
  let [level, most, isQuoted] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const mark = text.charCodeAt(at);
    if (mark === quote[0]) isQuoted = !isQuoted;
    else if (isQuoted) at += mark === backslash[0] ? 1 : 0;
    else if (open.includes(mark)) most = Math.max(most, ++level);
    else if (close.includes(mark)) level--;
  }
  return most;
}

/** A value that an error message shows: as JSON, `nothing` for one that is missing. */
export const shownValue = (value: unknown): string =>
  value === undefined ? "nothing" : JSON.stringify(value);
