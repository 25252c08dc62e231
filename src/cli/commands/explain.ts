import type { Command } from "@commander-js/extra-typings";
import { Option } from "@commander-js/extra-typings";
import { kvDtypes } from "../../core/dtype.ts";
import { UsageError } from "../../core/errors.ts";
import { formatBytes, formatSeconds } from "../../core/units.ts";
import { readFitted } from "../../studies/explain/from.ts";
import { bestOfGroups } from "../../studies/explain/report.ts";
import type { ChangeReport, ExplanationReport } from "../../studies/explain/report.ts";
import { explanationFigure, explanationTables } from "../../studies/explain/tables.ts";
import { publishedScores } from "../../files/published.ts";
import { writeTables } from "../../runs/tables.ts";
import { models } from "../../hardware/models/all.ts";
import { weightDtypes } from "../../hardware/kernels/dtypes.ts";
import { systems } from "../../hardware/systems/all.ts";
import { defaultEngine, engineNames } from "../../engines/registry.ts";
import { targetsOf } from "../../studies/calibrate/target.ts";
import { explanation } from "../explanation.ts";
import { collect, integer, tokenCount } from "../options/values.ts";
import { formatTable } from "../print/table.ts";
import { formatUsd } from "../print/usd.ts";

const name = "explain";

const help = `
Tried are every attention variant and layer plan that has a mean-field theory, at its budgets too, and the rivals of
another attention: logit shapings, sharper logits, better keys, less residual noise, more reads. Each is one change of
the reader that attnsim calibrate has fitted; nothing is fitted again. The mean field knows nothing of kv dtypes.
The price of a change is what it costs the model of --priced, all users decoding at once.`;

/** `attnsim explain`: which single change of a fitted reader has another model's scores. */
export default function explainCommand(command: Command): void {
  command
    .option("--from <file>", "calibration.json of attnsim calibrate", "results/calibrate/calibration.json")
    .option("--model <name>", "whose published scores are to be explained", "GPT-5.5")
    .option(
      "--variant <spec>",
      "attention variants to try, in place of all; more with commas or again",
      collect,
    )
    .option("--no-rivals", "leave out changes of anything but attention")
    .option("--trials <n>", "trials of each column in the mean field", integer(2), 60)
    .option("--confirm <n>", "so many of the best changes, and no change, with full numerics", integer(0), 0)
    .option("--confirm-trials <n>", "trials of each column with full numerics", integer(1), 10)
    .option(
      "--confirm-tokens <tokens>",
      "tokens of all those trials at most; three trials are run whatever their length",
      tokenCount,
      8_388_608,
    )
    .option("--priced <model>", `model that is priced: ${models.names().join(", ")}`, "deepseek-v3")
    .option("--system <name>", "racks that it is priced on; more with commas or again", collect)
    .option("--context <tokens>", "tokens of each user", tokenCount, 1_048_576)
    .option("--users <n>", "users of a rack", integer(1), 100)
    .addOption(
      new Option(
        "--weights <type>",
        "what weights are stored as; the smallest that the GPU multiplies when absent",
      ).choices(weightDtypes),
    )
    .addOption(
      new Option("--kv-dtype <type>", "what K and V are stored as, unless the spec says")
        .choices(kvDtypes)
        .default("fp8"),
    )
    .option("--engine <name>", `numeric engine: ${engineNames.join(", ")}`, defaultEngine)
    .option(
      "--workers <n>",
      "trials run side by side; as many as cores and memory allow when absent",
      integer(1),
    )
    .option("--threads <n>", "kernel threads of a worker; the cores left when absent", integer(1))
    .option("--out <folder>", "folder of the results", `results/local/${name}`)
    .option("--json", "print the answer as JSON")
    .addHelpText("after", help)
    .action(async ({ json, out, from, model, ...asked }) => {
      const fitted = readFitted(from);
      const [before, targets] = [fitted.model, model].map((each) =>
        targetsOf(publishedScores(), each, fitted.tasks),
      ) as [ReturnType<typeof targetsOf>, ReturnType<typeof targetsOf>];
      const racks = asked.system ?? ["gb200-nvl72", "gb300-nvl72"];
      const report = await explanation(
        {
          ...{ fitted, model, before, targets, out, trials: asked.trials, variants: asked.variant },
          rivals: asked.rivals,
          confirm: {
            ...{ best: asked.confirm, trials: asked.confirmTrials, mostTokens: asked.confirmTokens },
            engine: asked.engine,
          },
          ...{ workers: asked.workers, threads: asked.threads },
        },
        {
          model: models.get(asked.priced),
          systems: racks.map((rack) => systems.get(rack)),
          weights: asked.weights,
          kvDtype: asked.kvDtype,
          tokens: asked.context,
          users: asked.users,
        },
      );
      if (report.ranking.length === 0) throw new UsageError("no change is left to try");
      await writeTables(out, {
        name,
        question: `Which single change moves ${fitted.model}'s scores to ${model}'s, and what does it cost?`,
        tables: explanationTables(report),
        figures: { [name]: explanationFigure(report, before, targets) },
        manifest: { fitted, model, seed: report.seed, trials: report.trials, priced: report.priced },
      });
      console.log(json ? JSON.stringify(report, null, 2) : layOut(report));
    });
}

const points = (share: number): string => (100 * share).toFixed(1);

function layOut({ base, ranking, findings, trials, priced }: ExplanationReport): string {
  const racks = base.cost?.systems.map(({ system }) => system) ?? [];
  const confirmed = trials.numerics > 0;
  const line = ({ rank, change, error, longError, gain, numerics, cost }: ChangeReport) => [
    rank === 0 ? "-" : String(rank),
    change,
    `${points(error.value)} [${points(error.low)} ${points(error.high)}]`,
    points(longError),
    rank === 0 ? null : `${points(gain.value)} [${points(gain.low)} ${points(gain.high)}]`,
    ...(confirmed
      ? [numerics && `${points(numerics.value)} [${points(numerics.low)} ${points(numerics.high)}]`]
      : []),
    cost && formatBytes(cost.bytesReadPerToken),
    cost && formatBytes(cost.bytesPerUser),
    ...racks.flatMap((_, s) => {
      const system = cost?.systems[s];
      return [
        system?.usersPerRack ?? null,
        system?.tpotSeconds == null ? null : formatSeconds(system.tpotSeconds),
        system?.dollarsPerMillion == null ? null : formatUsd(system.dollarsPerMillion),
      ];
    }),
  ];
  return [
    `mean error in points over the columns; ${trials.theory} trials a column in the mean field; ${priced.model}, ${priced.users} users of ${priced.tokens} tokens`,
    "",
    formatTable(
      [
        ...["rank", "change", "error", "from 256K", "gain"],
        ...(confirmed ? ["numerics"] : []),
        ...["read/token", "kept/user"],
        ...racks.flatMap((rack) => [`users, ${rack}`, "step", "$/M"]),
      ],
      [base, ...bestOfGroups(ranking)].map(line),
    ),
    "",
    ...findings.map((finding) => `- ${finding}`),
  ].join("\n");
}
