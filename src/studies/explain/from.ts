import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { resolveReader } from "../../reader/params.ts";
import type { Given } from "../calibrate/calibrate.ts";
import { readText } from "../../files/files.ts";

const schema = z.object({
  variant: z.string(),
  model: z.string(),
  tasks: z.array(z.string()),
  seed: z.int().min(0),
  reader: z.record(z.string(), z.union([z.number(), z.string()])),
});

/** What is kept of a calibration when something is changed. */
export type FittedReader = Omit<z.infer<typeof schema>, "reader"> & { readonly reader: Given };

/**
 * Reads the fitted reader of a calibration.json.
 *
 * @throws UsageError for a file that cannot be read or is none, or a parameter out of range
 */
export function readFitted(path: string): FittedReader {
  const text = readText(path);
  const { success, data, error } = schema.safeParse(parseJson(text, path));
  if (!success) {
    const issue = error.issues[0]!;
    throw new UsageError(
      `${path} is no calibration.json of attnsim calibrate: ${issue.path.join(".") || "the content"}: ${issue.message}`,
    );
  }
  resolveReader(data.reader);
  return { ...data, reader: data.reader };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${(error as Error).message}`);
  }
}
