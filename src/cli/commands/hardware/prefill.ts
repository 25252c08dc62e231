import type { Command } from "@commander-js/extra-typings";
import { formatBytes, formatNumber, formatSeconds } from "../../../core/units.ts";
import { sequence } from "../../../hardware/kernels/time.ts";
import { formatParallel } from "../../../hardware/parallel.ts";
import { gpusOf } from "../../../hardware/parallelism.ts";
import { splitPrompt } from "../../../hardware/serving/workload.ts";
import type { Pass } from "../../../hardware/pass/pass.ts";
import { fastestPrefill } from "../../../deployment/prefill.ts";
import { integer, share, tokenCount } from "../../options/values.ts";
import { startProgress } from "../../print/progress.ts";
import {
  deployables,
  deployOptions,
  parallelOption,
  printExplained,
  timeLines,
  undivided,
} from "../../options/division.ts";
import { machineOptions, print, weightLine } from "../../options/model.ts";

export default function hardwarePrefillCommand(command: Command): void {
  deployOptions(machineOptions(command))
    .option("--prompts <n>", "prompts that are computed together", integer(1), 1)
    .option("--cache-hits <share>", "share of each prompt that is in the cache already", share, 0)
    .option("--chunk <tokens>", "prompt tokens in a pass, of all prompts together", tokenCount, 32_768)
    .option("--parallel <spec>", parallelOption)
    .action(({ prompts, cacheHits, chunk, json, parallel, explain, ...rest }) => {
      const all = deployables(rest);
      const progress = startProgress(all.length, all.length, "settings");
      const rows = all.map(({ setting, divisions }) => {
        const { names, kvDtype, tokens, weights } = setting;
        const { computed, stored } = splitPrompt({ inputTokens: tokens, cacheHits });
        const prefilling = { prompts, tokens: computed, cachedTokens: stored, chunkTokens: chunk };
        const { division, passes, seconds, lack } =
          fastestPrefill(divisions("prefill", parallel), prefilling) ?? undivided(setting);
        const sum = (of: (pass: Pass) => number): number =>
          passes.reduce((total, pass) => total + of(pass), 0);
        const gpus = gpusOf(division.parallel);
        progress.advance(1);
        return {
          ...{ names, kvDtype, tokens, weights, prompts, computedTokens: computed, passes: passes.length },
          ...{ parallel: formatParallel(division.parallel), gpus },
          attentionSeconds: sum(({ attentionSeconds }) => attentionSeconds),
          feedForwardSeconds: sum(({ feedForwardSeconds }) => feedForwardSeconds),
          linkSeconds: sum(({ linkSeconds }) => linkSeconds),
          seconds,
          inputTokensPerSecondPerGpu: (prompts * tokens) / seconds / gpus,
          flopsPerSecondPerGpu: sum(({ time }) => time.flops) / seconds,
          shortBytes: lack.hbm,
          hostShortBytes: lack.host,
          time: sequence(
            "prefill",
            passes.map(({ time }) => time),
          ),
        };
      });
      progress.stop();
      const titles = [
        ...["prompts", "GPUs", "divided as", "passes", "attention", "feed-forward", "links", "prefill"],
        ...["input tokens/s/GPU", "PFLOP/s/GPU", "HBM short"],
      ];
      const cells = rows.map((row) => [
        ...[row.prompts, row.gpus, row.parallel, row.passes],
        formatSeconds(row.attentionSeconds),
        formatSeconds(row.feedForwardSeconds),
        formatSeconds(row.linkSeconds),
        formatSeconds(row.seconds),
        formatNumber(row.inputTokensPerSecondPerGpu),
        formatNumber(row.flopsPerSecondPerGpu / 1e15),
        row.shortBytes > 0 ? formatBytes(row.shortBytes) : "-",
      ]);
      print(
        json,
        rows.map(({ time, ...row }) => ({ ...row, ...(explain && { time }) })),
        titles,
        cells,
        [
          weightLine(rest),
          `${cacheHits} of each prompt in the cache already; passes of ${chunk} tokens`,
          ...timeLines(rest),
        ],
      );
      if (explain && !json)
        printExplained(
          rows.map(({ names, tokens, parallel: divided, time }) => ({
            title: `${names.model} on ${names.system}, ${names.variant}, ${tokens} tokens, ${divided}`,
            time,
          })),
        );
    });
}
