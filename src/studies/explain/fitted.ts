import { z } from "zod";
import { parseJson } from "../../core/json.ts";
import { checked } from "../../files/checked.ts";
import { readText } from "../../files/files.ts";
import { resolveReader } from "../../reader/params.ts";
import type { GivenReader } from "../calibrate/scores.ts";

const schema = z.object({
  variant: z.string(),
  model: z.string(),
  tasks: z.array(z.string()),
  seed: z.int().min(0),
  reader: z.record(z.string(), z.union([z.number(), z.string()])),
});

/** A fitted reader, and the question that it was fitted to. */
export interface FittedReader {
  readonly variant: string;
  /** model whose published scores were fitted */
  readonly model: string;
  /** task specs that set how benchmarks are read */
  readonly tasks: readonly string[];
  readonly seed: number;
  readonly reader: GivenReader;
}

/**
 * Reads the fitted reader of a calibration.json.
 *
 * @throws UsageError for another file, or a parameter out of range
 */
export function readFitted(path: string): FittedReader {
  const value = parseJson(readText(path), path);
  const data = checked(schema, value, `${path} is no calibration.json of attnsim calibrate`);
  resolveReader(data.reader);
  return data;
}
