import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { checked } from "../../files/checked.ts";
import { readText, writeAtomic } from "../../files/files.ts";

const schema = z.object({
  /** ids of the trials of each share */
  shares: z.array(z.array(z.string())),
  /** number of the Slurm job */
  jobId: z.string().optional(),
});

/** Trials that were missing when they were submitted, dealt to the tasks of an array. */
export type Submission = z.infer<typeof schema>;

/** The folder of shares within a folder of results: submissions, journals of tasks and what they print. */
export const sharesFolder = (folder: string): string => join(folder, "shares");

/** The path of a submission's file with an ending: its shares, its script, its manifest. */
export const submissionPath = (folder: string, number: number, ending: string): string =>
  join(sharesFolder(folder), `submission-${number}.${ending}`);

/** The numbers of the submissions of a folder, ascending. */
export function submissionsOf(folder: string): number[] {
  const own = sharesFolder(folder);
  if (!existsSync(own)) return [];
  return readdirSync(own)
    .flatMap((name) => {
      const [, number] = /^submission-(\d{1,9})\.json$/.exec(name) ?? [];
      return number === undefined ? [] : [Number(number)];
    })
    .sort((a, b) => a - b);
}

/** Writes a submission. */
export const writeSubmission = (folder: string, number: number, submission: Submission): void =>
  writeAtomic(submissionPath(folder, number, "json"), `${JSON.stringify(submission)}\n`);

/** Reads a submission. @throws UsageError for one that is not there, or whose file is none */
export function readSubmission(folder: string, number: number): Submission {
  const path = submissionPath(folder, number, "json");
  if (!existsSync(path))
    throw new UsageError(
      `${folder} has no submission ${number}; it has ${submissionsOf(folder).join(", ") || "none"}`,
    );
  return checked(schema, parseJson(readText(path), path), `${path} is no submission`);
}
