import { z } from "zod";
import { unknownName } from "../../core/errors.ts";
import { checked } from "../../files/checked.ts";
import { readText } from "../../files/files.ts";
import { dataPath } from "../../files/published.ts";
import { parseYaml } from "../../files/yaml.ts";

const price = z.number().min(0);

const schema = z.strictObject({
  source: z.string(),
  models: z.record(
    z.string(),
    z.strictObject({
      input: price.optional(),
      cachedInput: price.optional(),
      output: price.optional(),
      context: z.int().min(1).optional(),
      firstToken: price.optional(),
      tokensPerSecond: z.number().positive().optional(),
      taskTokens: z.int().min(1).optional(),
      source: z.string().optional(),
    }),
  ),
});

/** A model of a price table. Numbers that nobody stated are left out. */
export interface PricedModel {
  readonly name: string;
  readonly source: string;
  /** USD per million tokens */
  readonly input?: number | undefined;
  readonly cachedInput?: number | undefined;
  readonly output?: number | undefined;
  /** tokens */
  readonly context?: number | undefined;
  /** seconds to the first token */
  readonly firstToken?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  /** output tokens of the task that is the same for all models of the table */
  readonly taskTokens?: number | undefined;
}

/**
 * Reads a price table in YAML (default: the article's).
 *
 * @throws UsageError for a file that cannot be read, a key that is unknown, or a value of the wrong kind
 */
export function readPrices(path = dataPath("prices.yaml")): PricedModel[] {
  const data = checked(schema, parseYaml(readText(path), path), path);
  return Object.entries(data.models).map(([name, model]) => ({
    ...model,
    source: model.source ?? data.source,
    name,
  }));
}

/** A model of a table. @throws UsageError for an unknown name */
export const findModel = (models: readonly PricedModel[], name: string): PricedModel =>
  models.find((model) => model.name === name) ??
  unknownName(
    "model",
    name,
    models.map((model) => model.name),
  );
