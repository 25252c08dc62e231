import { beforeAll, describe, expect, it } from "vitest";
import { variants } from "../../../src/attention/registry.ts";
import { formatCall } from "../../../src/core/spec.ts";
import { loadEngine } from "../../../src/engines/registry.ts";
import type { TrialRow } from "../../../src/trial/columns.ts";
import { runTrials } from "../../../src/trial/run.ts";
import { meanFieldRow } from "../../../src/trial/mean-field.ts";
import { useOf } from "../../../src/trial/settle.ts";
import { meanFieldGaps } from "../../../src/trial/mean-field-gap.ts";
import type { MeanFieldGap } from "../../../src/trial/mean-field-gap.ts";
import { whyNoMeanField } from "../../../src/reader/mean-field/heads.ts";

/** Small heads, so that much leaks and selection errs. */
export const reader = { kvHeads: 2, headDim: 64 };

/** Sizes that suit the laws' 300 tokens, times eight, suit a few thousand. */
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

/**
 * Every variant that has a mean field.
 *
 * @param prefill whether the context's own queries ask too: patterns of prefill have no mean field of them
 */
export const specsWithMeanField = (prefill = false): string[] =>
  variants
    .names()
    .filter((name) => !(prefill && variants.get(name).prefill === "only"))
    .map(smallSpec)
    .filter((variant) => whyNoMeanField(useOf({ variant, reader })) === undefined);

/** Trials in the mean field: cheap, and so many that their own sampling error matters little. */
const meanFieldProblems = 48;

/** Rows of a variant in the mean field. @param of reader parameters that differ from those of the numerics */
export const inMeanField = (
  task: string,
  tokens: number,
  variant: string,
  of = {},
  problems = meanFieldProblems,
): TrialRow[] =>
  Array.from({ length: problems }, (_, trial) =>
    meanFieldRow({ task, tokens, seed: 9, trial, variant, reader: { ...reader, ...of }, mode: "mean-field" }),
  );

interface Agreement {
  readonly task: string;
  readonly lengths: readonly number[];
  readonly problems: number;
  /** whether the context's own queries are asked, of which patterns of prefill have no mean field */
  readonly prefill?: boolean;
}

/** Tests that every variant with a mean field agrees with the numerics on a task. */
export function itAgrees({ task, lengths, problems, prefill = false }: Agreement): void {
  const specs = specsWithMeanField(prefill);

  describe(`the mean field of ${task}`, () => {
    let gaps: readonly MeanFieldGap[] = [];

    beforeAll(async () => {
      const ops = await loadEngine("wasm", { threads: 1 });
      const numerics: TrialRow[] = [];
      for (const tokens of lengths)
        for (let trial = 0; trial < problems; trial++)
          runTrials(
            specs.map((variant) => ({
              task,
              tokens,
              seed: 5,
              trial,
              variant,
              reader,
              mode: "numerics" as const,
              engine: "wasm",
            })),
            { ops, onRow: (_, row) => numerics.push(row) },
          );
      ops.close();
      const drawnRows = specs.flatMap((spec) => lengths.flatMap((tokens) => inMeanField(task, tokens, spec)));
      gaps = meanFieldGaps([...numerics, ...drawnRows]);
    }, 600_000);

    it.each(specs)("%s agrees within sampling error and the mean field's bias", (spec) => {
      const own = gaps.filter(({ variant }) => variant === spec);
      expect(own).toHaveLength(3 * lengths.length);
      expect(own.filter(({ agrees }) => !agrees)).toEqual([]);
    });
  });
}
