import { z } from "zod";
import { decimal } from "../core/decimal.ts";
import { UsageError } from "../core/errors.ts";
import { parseLength } from "../core/length.ts";
import type { Acceptance, AcceptanceCurve } from "../hardware/serving/acceptance.ts";
import { acceptances } from "../hardware/serving/acceptances.ts";
import { checked } from "./checked.ts";
import { readText } from "./files.ts";
import { isDataFile } from "./machines.ts";
import { parseYaml } from "./yaml.ts";

const schema = z.strictObject({
  drafts: z.int().min(1),
  tokensPerStep: z.record(z.string(), z.number().min(1)),
  source: z.strictObject({ title: z.string(), url: z.string() }),
});

/**
 * Acceptance of drafts: a probability, a curve of the package by its name, or a YAML file with `drafts`, `tokensPerStep`
 * (tokens that a step yields, by length) and `source`.
 *
 * @throws UsageError for a number outside [0, 1], an unknown name, or a file that is no curve
 */
export function acceptanceOf(text: string): Acceptance {
  const number = decimal(text);
  if (!Number.isNaN(number)) {
    if (number >= 0 && number <= 1) return number;
    throw new UsageError(`acceptance must be in [0, 1], a curve or a file; got ${text}`);
  }
  return isDataFile(text) ? readCurve(text) : acceptances.get(text);
}

function readCurve(file: string): AcceptanceCurve {
  const data = checked(schema, parseYaml(readText(file), file), file);
  const points = Object.entries(data.tokensPerStep)
    .map(([length, perStep]) => ({ tokens: parseLength(length), perStep }))
    .sort((a, b) => a.tokens - b.tokens);
  const over = points.find(({ perStep }) => perStep > data.drafts + 1);
  if (over !== undefined)
    throw new UsageError(
      `${file}: tokensPerStep must be at most ${data.drafts + 1}, the drafts and one token; got ${over.perStep}`,
    );
  const [first, ...rest] = points;
  if (first === undefined)
    throw new UsageError(`${file}: tokensPerStep must have a length or more; got none`);
  return { name: file, drafts: data.drafts, points: [first, ...rest], sources: [data.source] };
}
