import { UsageError } from "../core/errors.ts";
import { isObject, parseJson } from "../core/json.ts";
import type { DatasetRow } from "../tasks/task.ts";

/**
 * Rows of a file with one JSON object on each line. Blank lines are skipped.
 *
 * @param name of the file, for error messages
 * @param limit rows to read at most, from the first
 * @throws UsageError naming the line that is no JSON object
 */
export function readJsonl(name: string, text: string, limit = Infinity): DatasetRow[] {
  const rows: DatasetRow[] = [];
  const lines = text.split("\n");
  for (const [i, line] of lines.entries()) {
    if (rows.length >= limit) break;
    if (line.trim() === "") continue;
    let value: unknown;
    try {
      value = parseJson(line, `${name}: line ${i + 1}`);
    } catch (error) {
      const cut = i === lines.length - 1 ? "; the file seems to be cut short there" : "";
      throw new UsageError(`${(error as Error).message}${cut}`);
    }
    if (!isObject(value)) throw new UsageError(`${name}: line ${i + 1} must be a JSON object`);
    rows.push(value);
  }
  return rows;
}

/**
 * Adds a `prompt` to a row that has chat messages in its place, as `attnsim tasks export` writes them. The prompt is the
 * text of a single message, or the JSON of several.
 */
export function withPrompt(row: DatasetRow): DatasetRow {
  const { messages, prompt } = row;
  if (prompt !== undefined || !Array.isArray(messages)) return row;
  const only: unknown = messages.length === 1 ? messages[0] : undefined;
  return { ...row, prompt: isObject(only) ? only["content"] : JSON.stringify(messages) };
}
