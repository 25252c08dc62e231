import { formatChange, formatPercent, formatSeconds, formatUsd } from "../../core/units.ts";
import { outputTokensOf } from "../../studies/economics/bill.ts";
import type { Bill } from "../../studies/economics/bill.ts";
import { changeOrNull } from "../../studies/economics/result.ts";
import type { EconomicsResult } from "../../studies/economics/run.ts";
import { formatTable } from "./table.ts";
import type { TableCell } from "./table.ts";

/** Costs and waits of a task with two models, as text. */
export const formatEconomics = (result: EconomicsResult): string =>
  [costTable(result), "", ...costLines(result), "", ...waitLines(result), "", ...sourceLines(result)].join(
    "\n",
  );

function costTable({ models, question: { before, after }, economics }: EconomicsResult): string {
  const { changes, before: from, after: to } = economics;
  const line = (name: string, was: string, is: string, by: number | null): TableCell[] => [
    name,
    was,
    is,
    by === null ? "-" : formatChange(by),
  ];
  const usd = (name: string, of: (bill: Bill) => number): TableCell[] =>
    line(name, formatUsd(of(from)), formatUsd(of(to)), changeOrNull(of(from), of(to)));
  const price = (name: string, kind: "input" | "output", by: number | null): TableCell[] =>
    line(name, formatUsd(before.prices[kind]), formatUsd(after.prices[kind]), by);
  return formatTable(
    ["", ...models, "change"],
    [
      price("input, per million", "input", changes.inputPrice),
      price("output, per million", "output", changes.outputPrice),
      line(
        "output tokens",
        String(outputTokensOf(before)),
        String(outputTokensOf(after)),
        changes.outputTokens,
      ),
      ...(before.tokens.prompt > 0
        ? [usd(before.tokens.cachedShare > 0 ? "prompt, not cached" : "prompt", ({ input }) => input)]
        : []),
      ...(before.tokens.cachedShare > 0 ? [usd("prompt, cached", ({ cachedInput }) => cachedInput)] : []),
      ...(before.tokens.think + after.tokens.think > 0
        ? [usd("hidden reasoning", ({ think }) => think)]
        : []),
      usd(
        before.tokens.think + after.tokens.think > 0 ? "output, hidden included" : "output",
        ({ output, think }) => output + think,
      ),
      usd("the task", ({ total }) => total),
    ],
  );
}

function costLines({ models, economics: { inputShare, breakEven } }: EconomicsResult): string[] {
  const [before, after] = models as [string, string];
  const { reduction, promptPerOutput } = breakEven;
  return [
    `the prompt is ${formatPercent(inputShare.before)} of the cost with ${before}, ${formatPercent(inputShare.after)} with ${after}`,
    reduction > 1
      ? "with this prompt no answer is short enough to cost the same"
      : `same cost at ${formatChange(-reduction)} output tokens`,
    promptPerOutput === null
      ? `${after} costs less however long the prompt`
      : promptPerOutput <= 0
        ? `${after} costs more even without a prompt`
        : `${after} costs more from ${promptPerOutput.toFixed(2)} prompt tokens for each output token of ${before}`,
  ];
}

function waitLines({ question, economics: { firstAnswer } }: EconomicsResult): string[] {
  const { before, after, ttft, firstToken, tpot } = question;
  const saved = Math.max(0, outputTokensOf(before) - outputTokensOf(after));
  const hasHidden = before.tokens.think + after.tokens.think > 0;
  return [
    `first word of the answer = ${ttft} s + hidden tokens x ${formatSeconds(tpot)}: ${formatSeconds(firstAnswer.before)} and ${formatSeconds(firstAnswer.after)} with ${before.tokens.think} and ${after.tokens.think} hidden tokens`,
    `${firstToken} s leave room for ${firstAnswer.hiddenTokens} of them${hasHidden ? "" : `; if the ${saved} tokens saved were hidden ones, it would come after ${formatSeconds(firstAnswer.savedAsHidden)}`}`,
  ];
}

const sourceLines = ({ sources }: EconomicsResult): string[] => sources.map((source) => `source: ${source}`);
