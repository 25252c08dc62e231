import { extname } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { readText } from "../../files/files.ts";
import { readerParams } from "../../reader/params.ts";

const text = z.string();
const texts = z.union([text, z.array(text)]);
const lengths = z.union([text, z.number(), z.array(z.union([text, z.number()]))]);
const count = z.int().min(1);

/** Keys of a configuration file: the options of `attnsim run`, as the command line names them in camelCase. */
const schema = z.strictObject({
  task: texts.optional(),
  variant: texts.optional(),
  tokens: lengths.optional(),
  budget: texts.optional(),
  trials: count.optional(),
  seed: z.int().min(0).optional(),
  engine: text.optional(),
  mode: z.enum(["numerics", "theory"]).optional(),
  workers: count.optional(),
  threads: count.optional(),
  memoryGb: z.number().positive().optional(),
  out: text.optional(),
  ...(Object.fromEntries(
    Object.keys(readerParams).map((name) => [name, z.union([z.number(), text]).optional()]),
  ) as Record<keyof typeof readerParams, z.ZodOptional<z.ZodUnion<[z.ZodNumber, z.ZodString]>>>),
});

export type RunConfig = z.infer<typeof schema>;

/** @throws UsageError for a file that cannot be read or parsed, an unknown key, or a value of the wrong kind */
export function readConfig(path: string): RunConfig {
  const content = readText(path);
  let value: unknown;
  try {
    value = extname(path) === ".json" ? JSON.parse(content) : parseYaml(content);
  } catch (error) {
    throw new UsageError(`${path} is neither YAML nor JSON: ${(error as Error).message.split("\n")[0]!}`);
  }
  return checkConfig(path, value);
}

/** @throws UsageError, naming where the value comes from, for an unknown key or a value of the wrong kind */
export function checkConfig(where: string, value: unknown): RunConfig {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const issue = error.issues[0]!;
  if (issue.code === "unrecognized_keys")
    throw new UsageError(
      `${where}: unknown key "${issue.keys[0]!}"; known: ${Object.keys(schema.shape).join(", ")}`,
    );
  throw new UsageError(`${where}: ${issue.path.join(".") || "the content"}: ${issue.message}`);
}
