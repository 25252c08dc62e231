import { existsSync } from "node:fs";
import { joined } from "../markdown.ts";
import { resultSections } from "./all.ts";
import { manifestOf, resultsFile } from "./data.ts";
import { families } from "./families.ts";
import { explain } from "./explain.ts";
import { lengthSweep } from "./length-sweep.ts";
import { mrcr1m } from "./mrcr-1m.ts";
import type { ResultSection } from "./section.ts";
import { nvl72Decode } from "./tables.ts";

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join("\n");

/** Five findings for README.md, one of each kind of question. */
export const readmeFindings = (): string =>
  bullets(
    [lengthSweep, mrcr1m, families, nvl72Decode, explain].map((section) => section().findings[0]!.text),
  );

/** The sections of docs/results.md. */
export const resultsPage = (): string => joined(resultSections.flatMap((make) => section(make())));

function section({ name, settings, assumptions = [], findings, own = [], tables = [], figure }: ResultSection): string[] {
  const script = existsSync(resultsFile(`../experiments/${name}.ts`))
    ? `[experiments/${name}.ts](../experiments/${name}.ts), `
    : "";
  return [
    `## ${name}`,
    String(manifestOf(name)["question"]),
    `${settings} ${script}[results/${name}](../results/${name}).`,
    bullets([...findings.map(({ text }) => text), ...own]),
    ...tables,
    figure === undefined ? "" : `![${name}](../results/${name}/${figure})`,
    assumptions.length === 0 ? "" : joined(["Assumed:", bullets(assumptions)]),
  ];
}

/** Findings whose numbers no longer carry their sentence. */
export const brokenFindings = (): string[] =>
  resultSections.flatMap((make) =>
    make()
      .findings.filter(({ holds }) => !holds)
      .map(({ text }) => text),
  );
