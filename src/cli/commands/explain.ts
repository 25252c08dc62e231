import type { Command } from "@commander-js/extra-typings";
import { Option } from "@commander-js/extra-typings";
import { kvDtypes } from "../../core/dtype.ts";
import { models } from "../../hardware/models/all.ts";
import { checkedWeights, weightsHelp } from "../../hardware/weights/choice.ts";
import { runExplain } from "../../studies/explain/run.ts";
import { withConfirmOptions } from "../options/confirm.ts";
import { collect, integer, tokenCount } from "../options/values.ts";
import { formatExplanation } from "../print/explanation.ts";
import { watch } from "../print/watch.ts";
import { print, printError } from "../print/print.ts";

const help = `
The command tries every attention variant and layer plan that has a mean field, at its budgets too. Beside them it tries
logit shapings, sharper logits, better keys, less residual noise and more reads. Each is one change of the reader that
attnsim calibrate has fitted; nothing is fitted again. The mean field leaves kv dtypes out. The price of a change is what it
costs the model of --priced while all users decode at once.`;

/** `attnsim explain`: the single change of a fitted reader that gives another model's scores. */
export default function explainCommand(command: Command): void {
  withConfirmOptions(command, { trials: 10, out: "results/local/explain" })
    .option("--from <file>", "calibration.json of attnsim calibrate", "results/calibrate/calibration.json")
    .option("--model <name>", "model whose published scores are to be explained", "GPT-5.5")
    .option("--variant <spec>", "variants to try; more with commas or again (default: all)", collect)
    .option("--no-rivals", "try changes of attention alone")
    .option("--trials <n>", "trials of each column in the mean field", integer(2), 60)
    .option("--confirm <n>", "run full numerics of the best <n> changes, and of no change", integer(0), 0)
    .option(
      "--priced <model>",
      `model whose costs are shown, or a file of your own: ${models.names().join(", ")}`,
      "deepseek-v3",
    )
    .option("--system <name>", "racks, or files of your own; more with commas or again", collect)
    .option("--context <tokens>", "tokens of each user", tokenCount, 1_048_576)
    .option("--users <n>", "users of a rack", integer(1), 100)
    .option(
      "--weights <formats>",
      `${weightsHelp} (default: as shipped in 4 bits, or the smallest that the GPU multiplies)`,
      checkedWeights,
    )
    .addOption(
      new Option("--kv-dtype <type>", "type of K and V, if the spec names none")
        .choices(kvDtypes)
        .default("fp8"),
    )
    .addHelpText("after", help)
    .action(async ({ json, ...options }) => {
      const { answer } = await runExplain(options, watch);
      const { model, tokens, longest } = answer.priced;
      if (longest !== null && tokens > longest)
        printError(`warning: priced at ${tokens} tokens of ${model}, made for at most ${longest}`);
      print(json ? JSON.stringify(answer, null, 2) : formatExplanation(answer));
    });
}
