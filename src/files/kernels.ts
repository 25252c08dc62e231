import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UsageError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { checked } from "./checked.ts";
import { readCsv } from "./csv.ts";
import { namesIn, readText } from "./files.ts";
import { checkout } from "./load.ts";
import type { FittedConstants } from "../hardware/constants/constants.ts";
import type { ConstantSet } from "../hardware/constants/set.ts";
import { trtllmBlackwell } from "../hardware/constants/sets/trtllm-blackwell.ts";
import { measuredFiles } from "../hardware/constants/fit/files.ts";
import type { Measured } from "../hardware/constants/fit/fit.ts";
import { MeasuredRow } from "../hardware/constants/fit/rows.ts";
import type { TextRow } from "../hardware/constants/fit/rows.ts";

/** Folder of the measured kernels that a set of constants was fitted to; it comes with the package. */
export const measuredFolder = ({ measured }: Pick<ConstantSet, "measured">): string =>
  fileURLToPath(new URL(`data/${measured}`, checkout));

/** Folder of the kernels of Blackwell that the package's usual constants were fitted to. */
export const ownKernels = measuredFolder(trtllmBlackwell);

/**
 * The measured kernels of a folder, in the order of the fit.
 *
 * @throws UsageError for a folder without CSV files, a file whose name is no operator's, and one that is not a CSV
 */
export function readKernels(folder: string): Measured[] {
  const names = namesIn(folder).filter((name) => name.endsWith(".csv"));
  const known = measuredFiles.map(({ file }) => `${file}.csv`);
  if (names.length === 0) throw new UsageError(`${folder} has no CSV files; known: ${known.join(", ")}`);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(
      `no operator is known for ${unknown.join(", ")} in ${folder}; known: ${known.join(", ")}`,
    );
  return measuredFiles
    .filter(({ file }) => names.includes(`${file}.csv`))
    .map((file) => ({ file, rows: readRows(join(folder, `${file.file}.csv`)) }));
}

function readRows(path: string): MeasuredRow[] {
  const texts: readonly TextRow[] = readCsv<string>(path, []);
  if (texts.length === 0) throw new UsageError(`${path} has no rows`);
  return texts.map((row, i) => new MeasuredRow(basename(path), i + 2, row));
}

/** Values by system, kernel, case of the kernel and name. */
const constantsSchema = z.record(
  z.string(),
  z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number().positive()))),
);

/** Reads constants that `attnsim hardware fit` wrote. @throws UsageError for a file that cannot be read or holds others */
export const readConstants = (path: string): FittedConstants =>
  checked(constantsSchema, parseJson(readText(path), path), `${path} holds no constants`);
