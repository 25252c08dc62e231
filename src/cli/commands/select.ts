import type { Command } from "@commander-js/extra-typings";
import { Option } from "@commander-js/extra-typings";
import { UsageError } from "../../core/errors.ts";
import { formatSeconds } from "../../core/units.ts";
import { readPrices } from "../../studies/economics/prices.ts";
import { publishedScores } from "../../files/published.ts";
import { rankModels } from "../../studies/select/selection.ts";
import type { Candidate, RankBy } from "../../studies/select/selection.ts";
import { integer, positive, share, tokenCount, tokensOrNone } from "../options/values.ts";
import { formatTable } from "../print/table.ts";
import { formatUsd } from "../print/usd.ts";

const notes = `
Without --output-tokens each model takes what the table says it takes for one and the same task. Scores are the published
ones whose column covers the prompt's length; ~ marks the nearest column, within a factor of 2. What nobody stated is a
gap, and no model is refused for a gap.

A price table is YAML:

  source: where the numbers stand
  models:
    my-model:
      input: 2.5            # USD per million tokens
      cachedInput: 0.25
      output: 15
      context: 1000000      # tokens
      firstToken: 0.7       # seconds
      tokensPerSecond: 60
      taskTokens: 4000      # output tokens of one and the same task

  attnsim select --prompt 200K --requests 1000 --latency 2
  attnsim select --prompt 8K --output-tokens 1000 --prices my-prices.yaml --by latency`;

/** `attnsim select`: which model for a workload, by what is published. */
export default function selectCommand(command: Command): void {
  command
    .requiredOption("--prompt <tokens>", "tokens of a prompt: 8000, 256K", tokensOrNone)
    .option(
      "--output-tokens <tokens>",
      "tokens of an answer; the table's of each model when absent",
      tokenCount,
    )
    .option("--think <tokens>", "hidden reasoning tokens before an answer", tokensOrNone, 0)
    .option("--cached <share>", "share of the prompt that a cache serves, 0 to 1", share, 0)
    .option("--requests <n>", "requests", integer(1), 1)
    .option("--latency <seconds>", "longest wait for the first token of an answer", positive)
    .option("--context <tokens>", "tokens that a model must hold; prompt and answer when absent", tokenCount)
    .option("--prices <file>", "price table in YAML; the article's when absent")
    .addOption(
      new Option("--by <what>", "what models are ranked by").choices(["cost", "latency"]).default("cost"),
    )
    .option("--json", "print JSON")
    .addHelpText("after", notes)
    .action(({ json, prices, by, outputTokens, cached, ...rest }) => {
      const demand = { ...rest, output: outputTokens, cachedShare: cached };
      const ranked = rankModels(readPrices(prices), publishedScores(), demand, by);
      if (ranked.length === 0) throw new UsageError(`${prices ?? "the price table"} has no models`);
      console.log(json ? JSON.stringify({ demand, by, models: ranked }, null, 2) : layOut(ranked, by));
    });
}

function layOut(ranked: readonly Candidate[], by: RankBy): string {
  const known = ({ cost, firstToken }: Candidate): number | undefined => (by === "cost" ? cost : firstToken);
  const benchmarks = [...new Set(ranked.flatMap(({ scores }) => scores.map(({ benchmark }) => benchmark)))];
  const scoreOf = ({ scores }: Candidate, benchmark: string): string => {
    const found = scores.find((score) => score.benchmark === benchmark);
    if (found === undefined) return "-";
    return `${found.covers ? "" : "~ "}${(100 * found.score).toFixed(1)}% (${found.column})`;
  };
  const table = formatTable(
    ["", "model", "cost", "first token", "answer", "output tokens", ...benchmarks],
    ranked.map((candidate, i) => [
      candidate.refused.length === 0 && known(candidate) !== undefined ? i + 1 : "-",
      candidate.model,
      candidate.cost === undefined ? "?" : formatUsd(candidate.cost),
      candidate.firstToken === undefined ? "?" : formatSeconds(candidate.firstToken),
      candidate.answer === undefined ? "?" : formatSeconds(candidate.answer),
      candidate.outputTokens ?? "?",
      ...benchmarks.map((benchmark) => scoreOf(candidate, benchmark)),
    ]),
  );
  const said = ranked.flatMap(({ model, refused, gaps }) => [
    ...refused.map((reason) => `${model}: out, ${reason}`),
    ...(gaps.length > 0 ? [`${model}: nobody stated ${gaps.join(", ")}`] : []),
  ]);
  const sources = [...new Set(ranked.map(({ source }) => source))];
  return [
    table,
    ...(said.length > 0 ? ["", ...said] : []),
    "",
    ...sources.map((source) => `prices and latency: ${source}`),
    "scores: data/published-scores.csv, as the makers list them",
  ].join("\n");
}
