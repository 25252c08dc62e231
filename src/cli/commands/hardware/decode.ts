import type { Command } from "@commander-js/extra-typings";
import { formatBytes, formatNumber, formatSeconds } from "../../../core/units.ts";
import { formatParallel } from "../../../hardware/parallel.ts";
import { gpusOf } from "../../../hardware/parallelism.ts";
import { fastestDecode } from "../../../deployment/decode.ts";
import { integer } from "../../options/values.ts";
import { startProgress } from "../../print/progress.ts";
import {
  deployables,
  deployOptions,
  parallelOption,
  printExplained,
  timeLines,
  undivided,
} from "../../options/division.ts";
import { list, machineOptions, print, weightLine } from "../../options/model.ts";
import { draftLine, draftOptions, readDrafts } from "../../options/workload.ts";

export default function hardwareDecodeCommand(command: Command): void {
  draftOptions(deployOptions(machineOptions(command)))
    .option("--users <n,...>", "users who share the GPUs", list(integer(1)), [1, 64, 256])
    .option("--parallel <spec>", parallelOption)
    .action(({ users, json, parallel, explain, ...rest }) => {
      const drafts = readDrafts(rest);
      const all = deployables(rest);
      const progress = startProgress(all.length * users.length, all.length * users.length, "settings");
      const rows = all.flatMap(({ setting, divisions }) =>
        users.map((count) => {
          const { names, kvDtype, tokens, weights } = setting;
          const answer =
            fastestDecode(divisions("decode", parallel), { users: count, tokens, drafts }) ??
            undivided(setting);
          const { division, pass, draftSeconds, seconds, tpotSeconds, lack } = answer;
          const gpus = gpusOf(division.parallel);
          progress.advance(1);
          return {
            ...{ names, kvDtype, tokens, weights, users: count },
            ...{ parallel: formatParallel(division.parallel), gpus },
            attentionSeconds: pass.attentionSeconds,
            feedForwardSeconds: pass.feedForwardSeconds,
            linkSeconds: pass.linkSeconds,
            draftSeconds,
            seconds,
            tpotSeconds,
            tokensPerSecondPerUser: 1 / tpotSeconds,
            tokensPerSecondPerGpu: count / tpotSeconds / gpus,
            shortBytes: lack.hbm,
            hostShortBytes: lack.host,
            time: pass.time,
          };
        }),
      );
      progress.stop();
      const titles = [
        ...["users", "GPUs", "divided as", "attention", "feed-forward", "links", "step", "TPOT"],
        ...["tokens/s/user", "tokens/s/GPU", "HBM short"],
      ];
      const cells = rows.map((row) => [
        ...[row.users, row.gpus, row.parallel],
        formatSeconds(row.attentionSeconds),
        formatSeconds(row.feedForwardSeconds),
        formatSeconds(row.linkSeconds),
        formatSeconds(row.seconds),
        formatSeconds(row.tpotSeconds),
        formatNumber(row.tokensPerSecondPerUser),
        formatNumber(row.tokensPerSecondPerGpu),
        row.shortBytes > 0 ? formatBytes(row.shortBytes) : "-",
      ]);
      print(
        json,
        rows.map(({ time, ...row }) => ({ ...row, ...(explain && { time }) })),
        titles,
        cells,
        [weightLine(rest), draftLine(drafts), ...timeLines(rest)],
      );
      if (explain && !json)
        printExplained(
          rows.map(({ names, tokens, users: count, parallel: divided, time }) => ({
            title: `${names.model} on ${names.system}, ${names.variant}, ${tokens} tokens, ${count} users, ${divided}`,
            time,
          })),
        );
    });
}
