import type { Study } from "../../studies/study.ts";
import { print, printError } from "./print.ts";

/** Prints the files of a study on stderr, and its answer as text or JSON. */
export function printStudy<T>(
  { answer, files }: Pick<Study<T>, "answer" | "files">,
  json: boolean | undefined,
  format: (answer: T) => string,
): void {
  for (const file of files) printError(file);
  print(json ? JSON.stringify(answer, null, 2) : format(answer));
}
