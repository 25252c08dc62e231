import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../core/json.ts";
import { readText } from "../files/files.ts";

/** One run into a folder, as the manifest keeps it. */
export interface RunFacts {
  readonly started: string;
  /** wall time */
  readonly seconds: number;
  readonly workers: number;
  readonly threads: number;
  /** number of trials that it finished, and of groups of trials that failed */
  readonly finished: number;
  readonly failed: number;
}

/** Facts that the manifest of a folder of results keeps. */
export interface FolderManifest {
  readonly name?: string;
  readonly question?: string;
  readonly config?: object;
  readonly runs?: readonly RunFacts[];
  /** hash of each CSV file as it was written */
  readonly files?: Readonly<Record<string, string>>;
  /** hashes of the CSV files before, while they are being replaced */
  readonly earlier?: Readonly<Record<string, string>>;
  /** names of figures that its tables have */
  readonly figures?: readonly string[];
}

/** A file's name without a folder, for either kind of path: `--force` removes the files that a manifest names. */
const fileName = z.string().regex(/^(?!\.{1,2}$)[^/\\\0]+$/);

const schema = z.looseObject({
  name: z.string().optional(),
  question: z.string().optional(),
  config: z.looseObject({}).optional(),
  runs: z.array(z.looseObject({})).optional(),
  files: z.record(fileName, z.string()).optional(),
  earlier: z.record(fileName, z.string()).optional(),
  figures: z.array(fileName).optional(),
});

/** The manifest of a folder; undefined where there is none that can be read. */
export function readManifest(folder: string): FolderManifest | undefined {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) return undefined;
  try {
    return schema.safeParse(parseJson(readText(path), path)).data as FolderManifest | undefined;
  } catch {
    return undefined;
  }
}

/** Hashes of files, by their names. */
export const hashesOf = (files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file, hashOf(text)]));

/** Hashes of those files of a folder that exist, by their names. */
export const hashesIn = (folder: string, files: readonly string[]): Readonly<Record<string, string>> =>
  hashesOf(
    Object.fromEntries(
      files
        .map((file) => [file, join(folder, file)] as const)
        .filter(([, path]) => existsSync(path))
        .map(([file, path]) => [file, readText(path)]),
    ),
  );

/** A hash of a text, the same for both kinds of line ends. */
export const hashOf = (text: string): string =>
  createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex").slice(0, 16);
