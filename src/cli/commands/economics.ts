import type { Command } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { formatSeconds } from "../../core/units.ts";
import { economicsOf, promptsPerOutput, writeSurface } from "../../studies/economics/economics.ts";
import type { Economics, EconomicsQuestion } from "../../studies/economics/economics.ts";
import { findModel, readPrices } from "../../studies/economics/prices.ts";
import type { PricedModel } from "../../studies/economics/prices.ts";
import type { Bill } from "../../studies/economics/bill.ts";
import { positive, share, tokensOrNone } from "../options/values.ts";
import { formatTable } from "../print/table.ts";
import { formatChange, formatUsd } from "../print/usd.ts";

const notes = `
BEFORE,AFTER are a number for each of the two models. Prices are USD per million tokens; hidden reasoning is charged as
output. Without options: the article's task, 10,000 output tokens at $15 against 2,800 at $30. What the price table does
not say is a gap, and must be given where it is needed.

  attnsim economics --prompt 256K --cached 0.9 --cached-input 0.25,0.5
  attnsim economics --think 0,2000 --tpot-ms 10`;

/** `attnsim economics`: what a task costs with two models, when the dearer one pays, and how long its first word takes. */
export default function economicsCommand(command: Command): void {
  command
    .option("--prices <file>", "price table in YAML; the article's when absent")
    .option("--models <before,after>", "models of the table", names, ["GPT-5.4", "GPT-5.5"])
    .option("--input <before,after>", "price of input; the table's when absent", numbers(2))
    .option("--output <before,after>", "price of output; the table's when absent", numbers(2))
    .option("--cached-input <before,after>", "price of cached input; the table's when absent", numbers(2))
    .option("--output-tokens <before,after>", "tokens of the answer; the table's when absent", numbers(2))
    .option("--think <before,after>", "hidden reasoning tokens before the answer", numbers(2), [0, 0])
    .option("--prompt <tokens>", "tokens of the prompt: 8000, 256K", tokensOrNone, 0)
    .option("--cached <share>", "share of the prompt that a cache serves, 0 to 1", share, 0)
    .option("--ttft <seconds>", "time to the first token where nothing is thought before it", positive, 0.5)
    .option("--first-token <seconds>", "time to the first word of the answer, to be explained", positive, 3)
    .option("--tpot-ms <ms>", "time of an output token: an assumption, nobody published it", positive, 20)
    .option("--price-ratios <n,...>", "price ratios of the surface", numbers(), [1.25, 1.5, 2, 3])
    .option("--reductions <n,...>", "reductions of the surface", numbers(), [0, 0.2, 0.4, 0.6, 0.72, 0.9])
    .option("--out <folder>", "write the break-even surface: CSV and figure")
    .option("--json", "print JSON")
    .addHelpText("after", notes)
    .action(async ({ out, json, ...options }) => {
      const { question, names: of, sources } = asked(options);
      const answer = economicsOf(question);
      const reduction = -(answer.changes.outputTokens ?? 0);
      const paths = out === undefined ? [] : await writeSurface(out, answer, reduction, { options, sources });
      console.log(
        json
          ? JSON.stringify(
              { models: of, ...question, ...answer, surface: undefined, sources, figures: paths },
              null,
              2,
            )
          : layOut(of, question, answer, sources),
      );
      for (const path of paths) console.error(path);
    });
}

interface Options {
  readonly prices?: string | undefined;
  readonly models: readonly string[];
  readonly input?: readonly number[] | undefined;
  readonly output?: readonly number[] | undefined;
  readonly cachedInput?: readonly number[] | undefined;
  readonly outputTokens?: readonly number[] | undefined;
  readonly think: readonly number[];
  readonly prompt: number;
  readonly cached: number;
  readonly ttft: number;
  readonly firstToken: number;
  readonly tpotMs: number;
  readonly priceRatios: readonly number[];
  readonly reductions: readonly number[];
}

/** The question that the options ask. @throws UsageError for a gap that the question needs filled */
function asked(options: Options): {
  question: EconomicsQuestion;
  names: readonly string[];
  sources: string[];
} {
  const { models, prompt, cached, think } = options;
  const table = readPrices(options.prices);
  const sides = models.map((name, i) => {
    const model = findModel(table, name);
    const value = (
      option: string,
      given: readonly number[] | undefined,
      stated: number | undefined,
    ): number => given?.[i] ?? stated ?? missing(model, option);
    return {
      source: model.source,
      prices: {
        input: value("--input", options.input, model.input),
        output: value("--output", options.output, model.output),
        ...(cached > 0 && { cachedInput: value("--cached-input", options.cachedInput, model.cachedInput) }),
      },
      tokens: {
        ...{ prompt, cachedShare: cached, think: think[i]! },
        output: value("--output-tokens", options.outputTokens, model.taskTokens),
      },
    };
  });
  const [before, after] = sides as [(typeof sides)[0], (typeof sides)[0]];
  const question = {
    ...{ before: { prices: before.prices, tokens: before.tokens } },
    ...{ after: { prices: after.prices, tokens: after.tokens } },
    ...{ ttft: options.ttft, firstToken: options.firstToken, tpot: options.tpotMs / 1000 },
    axes: {
      priceRatios: options.priceRatios,
      promptsPerOutput,
      cachedShares: cached > 0 ? [0, cached] : [0],
      reductions: options.reductions,
    },
  };
  if (before.tokens.output + before.tokens.think === 0)
    throw new UsageError(`${models[0]!} must take output tokens; got 0`);
  return { question, names: models, sources: [...new Set(sides.map(({ source }) => source))] };
}

function missing({ name, source }: PricedModel, option: string): never {
  throw new UsageError(`nothing says ${option.slice(2)} of ${name}: give ${option} (table: ${source})`);
}

function layOut(
  names: readonly string[],
  { before, after, ttft, firstToken, tpot }: EconomicsQuestion,
  { changes, inputShare, breakEven, firstAnswer, ...bills }: Economics,
  sources: readonly string[],
): string {
  const line = (name: string, from: string, to: string, by: number | null): (string | null)[] => [
    ...[name, from, to],
    by === null ? null : formatChange(by),
  ];
  const usd = (title: string, of: (bill: Bill) => number): (string | null)[] =>
    line(title, formatUsd(of(bills.before)), formatUsd(of(bills.after)), null);
  const spent = ({ tokens }: typeof before): number => tokens.output + tokens.think;
  const { reduction, promptPerOutput } = breakEven;
  return [
    formatTable(
      ["", ...names, "change"],
      [
        line(
          "input, per million",
          formatUsd(before.prices.input),
          formatUsd(after.prices.input),
          changes.inputPrice,
        ),
        line(
          "output, per million",
          formatUsd(before.prices.output),
          formatUsd(after.prices.output),
          changes.outputPrice,
        ),
        line("output tokens", String(spent(before)), String(spent(after)), changes.outputTokens),
        ...(before.tokens.prompt > 0 ? [usd("prompt", ({ input }) => input)] : []),
        ...(before.tokens.cachedShare > 0 ? [usd("cached prompt", ({ cachedInput }) => cachedInput)] : []),
        ...(before.tokens.think + after.tokens.think > 0
          ? [usd("hidden reasoning", ({ think }) => think)]
          : []),
        line(
          "output",
          formatUsd(bills.before.output + bills.before.think),
          formatUsd(bills.after.output + bills.after.think),
          changes.outputCost,
        ),
        line("the task", formatUsd(bills.before.total), formatUsd(bills.after.total), changes.totalCost),
      ],
    ),
    "",
    `the prompt is ${percent(inputShare.before)} of the cost with ${names[0]!}, ${percent(inputShare.after)} with ${names[1]!}`,
    reduction > 1
      ? "with this prompt no answer is short enough to cost the same"
      : `same cost at ${formatChange(-reduction)} output tokens`,
    promptPerOutput === null
      ? `${names[1]!} costs less however long the prompt`
      : promptPerOutput <= 0
        ? `${names[1]!} costs more even without a prompt`
        : `${names[1]!} costs more from ${promptPerOutput.toFixed(2)} prompt tokens for each output token of ${names[0]!}`,
    "",
    `first word of the answer = ${ttft} s + hidden tokens x ${formatSeconds(tpot)}: ${formatSeconds(firstAnswer.before)} and ${formatSeconds(firstAnswer.after)} with ${before.tokens.think} and ${after.tokens.think} hidden tokens`,
    `${firstToken} s leave room for ${firstAnswer.hiddenTokens} of them; were the ${Math.max(0, spent(before) - spent(after))} tokens saved thought in hiding, it would come after ${formatSeconds(firstAnswer.savedAsHidden)}`,
    "",
    ...sources.map((source) => `source: ${source}`),
  ].join("\n");
}

const percent = (of: number): string => `${Math.round(100 * of)}%`;

function names(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.length === 2 && parts.every((part) => part !== "")) return parts;
  throw new InvalidArgumentError("allowed: two models with a comma between them, such as GPT-5.4,GPT-5.5");
}

/** Reads numbers of at least 0 with commas between them. @param count how many there must be */
function numbers(count?: number): (text: string) => number[] {
  return (text) => {
    const values = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
    if (
      values.every((value) => Number.isFinite(value) && value >= 0) &&
      (count ?? values.length) === values.length
    )
      return values;
    throw new InvalidArgumentError(`allowed: ${count ?? "some"} numbers >= 0 with commas between them`);
  };
}
