import { parse } from "yaml";
import { UsageError } from "../core/errors.ts";
import { isObject, mostLevels, parsePythonJson } from "../core/json.ts";

/** Values of a file at most, those that its aliases stand for counted each time. */
const mostValues = 1_000_000;

/** Characters of a text of YAML at most: its reader's time grows with their square. A longer text is read as JSON. */
const mostCharacters = 50_000;

/**
 * The value of a text of YAML or JSON.
 *
 * @param kind of the file, for the message: `a.yaml is no YAML: ...`
 * @throws UsageError for another text, one whose aliases stand for a multitude of values or for themselves, and one whose
 *   lists and mappings lie in each other too deep
 */
export function parseYaml(text: string, file: string, kind = "YAML"): unknown {
  const where = `${file} is no ${kind}`;
  const value = text.length > mostCharacters ? longValue(text, file) : shortValue(text, where);
  const excess = excessOf(value);
  if (excess !== undefined) throw new UsageError(`${where}: ${excess}`);
  return value;
}

function longValue(text: string, file: string): unknown {
  try {
    return parsePythonJson(text, file);
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`${message}; of YAML at most ${mostCharacters} characters are read`);
  }
}

function shortValue(text: string, where: string): unknown {
  if (marks.test(text) || mostOpen(text) > mostLevels) throw new UsageError(`${where}: ${tooDeep}`);
  try {
    return parse(text, { logLevel: "error" });
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new UsageError(`${where}: ${reason!}`);
  }
}

const tooDeep = `it has more than ${mostLevels} levels`;

/** Marks beside each other that each begin a level or describe what follows, more than a value has levels. */
const marks = new RegExp(String.raw`(?:(?:[[{?-]|[!&]\S*)\s*){${mostLevels + 1}}`);

/** Most brackets and braces of a text that are open at a place, those in quotes too. */
function mostOpen(text: string): number {
  let [open, most] = [0, 0];
  for (const [mark] of text.matchAll(/[[\]{}]/g)) {
    open = mark === "[" || mark === "{" ? open + 1 : Math.max(0, open - 1);
    most = Math.max(most, open);
  }
  return most;
}

/** A value's excess, in words; undefined for a value that is small enough to be read. */
function excessOf(value: unknown): string | undefined {
  const left: [value: unknown, level: number][] = [[value, 0]];
  for (let seen = 0; left.length > 0; seen++) {
    const [next, level] = left.pop()!;
    if (seen > mostValues) return `it stands for more than ${mostValues} values`;
    if (level > mostLevels) return tooDeep;
    const inner = Array.isArray(next) ? next : isObject(next) ? Object.values(next) : [];
    for (const each of inner) left.push([each, level + 1]);
  }
  return undefined;
}
