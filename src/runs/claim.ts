import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { figures } from "../figures/registry.ts";
import { readCsv } from "../files/csv.ts";
import { hashesIn, readManifest } from "./manifest.ts";
import type { FolderManifest } from "./manifest.ts";
import { besideCsv } from "./parquet.ts";
import { figureFormats } from "./write-figure.ts";

/** A question that is about to be answered in a folder of results. */
export interface FolderClaim {
  /** name of the experiment */
  readonly name: string;
  /** options that its answer depends on, where it is no plan of trials */
  readonly config?: object;
  /** ids of its trials */
  readonly trials?: ReadonlySet<string>;
  /** whether to overwrite results of another question, and edited results */
  readonly force?: boolean | undefined;
}

/**
 * Takes a folder for the results of a question. A folder that holds results of another one, or results that were edited
 * after they were written, is refused; with `force` the old results are removed, but for the journal of trials.
 *
 * @throws UsageError that says what the folder holds
 */
export function claimFolder(folder: string, claim: FolderClaim): void {
  const manifest = readManifest(folder);
  const reason = whyTaken(folder, manifest, claim);
  if (reason === undefined) return;
  if (!claim.force)
    throw new UsageError(`${folder} ${reason}; give another --out, or --force to write over it`);
  removePictures(folder, []);
  for (const file of Object.keys(manifest?.files ?? { "data.csv": "" }))
    for (const old of [file, besideCsv(file)]) rmSync(join(folder, old), quietly);
  for (const file of ["manifest.json", "datapackage.json"]) rmSync(join(folder, file), quietly);
}

const quietly = { force: true } as const;

/** Why a folder cannot be written without asking; undefined where it can. */
function whyTaken(
  folder: string,
  manifest: FolderManifest | undefined,
  { name, config, trials }: FolderClaim,
): string | undefined {
  if (manifest === undefined) {
    if (existsSync(join(folder, "manifest.json")))
      return "holds a manifest.json that is no manifest of results";
    return existsSync(join(folder, "data.csv")) ? "holds a data.csv without a manifest" : undefined;
  }
  if (manifest.name !== undefined && manifest.name !== name) return `holds results of "${manifest.name}"`;
  const others = trials === undefined ? 0 : trialsBeside(join(folder, "data.csv"), trials);
  if (others > 0) return `holds ${others} trials that this plan does not ask for`;
  const different = config === undefined ? [] : differences(manifest.config, config);
  if (different.length > 0) return `holds results of other options (${different.join(", ")})`;
  const { files = {}, earlier = {} } = manifest;
  const present = hashesIn(folder, Object.keys(files));
  const edited = Object.entries(present).find(
    ([file, hash]) => hash !== files[file] && hash !== earlier[file],
  );
  return edited && `holds a ${edited[0]} that was edited after it was written`;
}

/** Number of rows of a results file that are of no trial of a plan. */
function trialsBeside(path: string, trials: ReadonlySet<string>): number {
  return existsSync(path) ? readCsv(path, ["id"]).filter(({ id }) => !trials.has(id)).length : 0;
}

/** Names of the options that differ; none where the earlier ones are not known. */
function differences(before: object | undefined, now: object): string[] {
  if (before === undefined) return [];
  const [old, own] = [before, JSON.parse(JSON.stringify(now)) as object].map(
    (options) => new Map(Object.entries(options).map(([key, value]) => [key, JSON.stringify(value)])),
  ) as [Map<string, string>, Map<string, string>];
  return [...new Set([...old.keys(), ...own.keys()])].filter((key) => old.get(key) !== own.get(key));
}

/** Removes pictures of an earlier answer. @param kept names of figures that show the present one */
export function removePictures(folder: string, kept: readonly string[]): void {
  const { name, figures: own = [] } = readManifest(folder) ?? {};
  const known = [...figures.map((figure) => figure.name), ...own, ...(name === undefined ? [] : [name])];
  for (const figure of known)
    if (!kept.includes(figure))
      for (const format of figureFormats) rmSync(join(folder, `${figure}.${format}`), quietly);
}
