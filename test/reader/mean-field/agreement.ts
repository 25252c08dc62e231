import { beforeAll, describe, expect, it } from "vitest";
import { variants } from "../../../src/attention/registry.ts";
import { formatCall } from "../../../src/core/spec.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { runTrials, theoryRow, useOf } from "../../../src/trial/run.ts";
import { theoryGaps } from "../../../src/trial/mean-field-gap.ts";
import type { TheoryGap } from "../../../src/trial/mean-field-gap.ts";
import { whyNoMeanField } from "../../../src/reader/mean-field/heads.ts";

/** Small heads, so that much leaks and selection errs. */
export const reader = { kvHeads: 2, headDim: 64 };

/** What is small enough for the laws' 300 tokens is so eight times over for a few thousand. */
const budgetFactor = 8;

/** A variant set so that it leaves something out of a few thousand tokens. */
function smallSpec(name: string): string {
  const { small, budgetParam } = variants.get(name);
  const budget = budgetParam === undefined ? undefined : small[budgetParam];
  return formatCall(
    name,
    typeof budget === "number" ? { ...small, [budgetParam!]: budgetFactor * budget } : small,
  );
}

/** Every variant that has a theory. @param prefill also where the context's own queries ask, of which patterns of prefill have none */
export const specsWithTheory = (prefill = false): string[] =>
  variants
    .names()
    .filter((name) => !(prefill && variants.get(name).prefill === "only"))
    .map(smallSpec)
    .filter((variant) => whyNoMeanField(useOf({ variant, reader })) === undefined);

/** Trials in the mean field: cheap, and so many that their own sampling error matters little. */
const theoryProblems = 48;

/** Rows of a variant by theory. @param of reader parameters that are not those of the numerics */
export const inTheory = (
  task: string,
  tokens: number,
  variant: string,
  of = {},
  problems = theoryProblems,
): TrialRow[] =>
  Array.from({ length: problems }, (_, trial) =>
    theoryRow({ task, tokens, seed: 9, trial, variant, reader: { ...reader, ...of }, engine: "theory" }),
  );

interface Agreement {
  readonly task: string;
  readonly lengths: readonly number[];
  readonly problems: number;
  /** whether the context's own queries are asked, of which patterns of prefill have no theory */
  readonly prefill?: boolean;
}

/** Tests that every variant with a theory agrees with the numerics on a task. */
export function itAgrees({ task, lengths, problems, prefill = false }: Agreement): void {
  const specs = specsWithTheory(prefill);

  describe(`theory of ${task}`, () => {
    let gaps: readonly TheoryGap[] = [];

    beforeAll(async () => {
      const ops = await loadEngine("wasm", { threads: 1 });
      const numerics: TrialRow[] = [];
      for (const tokens of lengths)
        for (let trial = 0; trial < problems; trial++)
          runTrials(
            specs.map((variant) => ({ task, tokens, seed: 5, trial, variant, reader, engine: "wasm" })),
            ops,
            (_, row) => numerics.push(row),
            () => 0,
          );
      ops.close();
      const theory = specs.flatMap((spec) => lengths.flatMap((tokens) => inTheory(task, tokens, spec)));
      gaps = theoryGaps([...numerics, ...theory]);
    }, 600_000);

    it.each(specs)("%s agrees within sampling error and the mean field's bias", (spec) => {
      const own = gaps.filter(({ variant }) => variant === spec);
      expect(own).toHaveLength(3 * lengths.length);
      expect(own.filter(({ agrees }) => !agrees)).toEqual([]);
    });
  });
}
