import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { table } from "./markdown.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** An experiment, as its file's first comment describes it. */
interface Described {
  readonly name: string;
  readonly question: string;
  /** what runs when `--full` is left out */
  readonly part: string;
}

/** The first line of an experiment's comment is its question; the sentence after "Without --full:" says what a part is. */
function described(file: string): Described {
  const name = file.replace(/^.*\/|\.ts$/g, "");
  const text = readFileSync(`${root}${file}`, "utf8");
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1]?.replace(/^ *\* ?/gm, "") ?? "";
  const [question = ""] = comment.trim().split(/\n\n/);
  const [, part = ""] = /Without --full: ([\s\S]*?)\s*$/.exec(comment) ?? [];
  if (!question.endsWith("?")) throw new Error(`${file} does not begin with a question`);
  return { name, question: question.replaceAll("\n", " "), part: part.replaceAll(/\s+/g, " ") };
}

const filesOf = (folder: string): string[] =>
  readdirSync(`${root}${folder}`)
    .filter((file) => file.endsWith(".ts") && file !== "all.ts")
    .map((file) => `${folder}/${file}`);

/** A link to a folder of results; empty when there is none. */
const resultsLink = (path: string): string =>
  existsSync(`${root}results/${path}`) ? `[results/${path}](../results/${path})` : "";

/** The table of experiments: a question, its file, its results, and the part of it that runs without --full. */
export const experimentsTable = (): string =>
  table({
    titles: ["question", "file", "results", "without `--full`"],
    rows: filesOf("experiments")
      .map(described)
      .map(({ name, question, part }) => [question, `[${name}.ts](${name}.ts)`, resultsLink(name), part]),
  });

/** The table of published trends. */
export const trendsTable = (): string =>
  table({
    titles: ["question", "file", "results"],
    rows: filesOf("experiments/published")
      .map(described)
      .map(({ name, question }) => [
        question,
        `[${name}.ts](published/${name}.ts)`,
        resultsLink(`published/${name}`),
      ]),
  });
