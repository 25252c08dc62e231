import type { Command, OptionValues } from "@commander-js/extra-typings";
import { kvDtypes } from "../../core/dtype.ts";
import type { KvDtype } from "../../core/dtype.ts";
import { readAsFamily } from "../../files/machines.ts";
import { engineRuleHelp, engineRuleNames } from "../../hardware/engine-rules/all.ts";
import type { EngineRuleName } from "../../hardware/engine-rules/all.ts";
import { checkedWeights, weightsHelp } from "../../hardware/weights/choice.ts";
import type { CardQuestion } from "../../studies/card/run.ts";
import { collect, integer, list, oneOf, tokenCount } from "./values.ts";
import type { Fields } from "./values.ts";

/** Values of the options of cards. */
export interface CardOptions {
  readonly as?: string | undefined;
  readonly system: readonly string[];
  readonly context: readonly number[];
  readonly users: number;
  readonly kvDtype: KvDtype;
  readonly weights?: string | undefined;
  readonly engineRule?: EngineRuleName | undefined;
  readonly beyond?: true | undefined;
  readonly task: string;
  readonly tokens: readonly number[];
  readonly trials: number;
  readonly seed: number;
  readonly numerics?: true | undefined;
}

/** Default lengths of scores, and those of them that full numerics take. */
const lengths = [4096, 16_384, 65_536, 262_144, 1_048_576];
const numericLengths = lengths.slice(0, 2);

/** Adds the options of cards. */
export function cardOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<CardOptions>> {
  command
    .option(
      "--as <family>",
      "family that files of models are read as, such as llama (default: their model_type)",
    )
    .option("--system <name>", "racks, or files of your own", collect, ["gb200-nvl72", "gb300-nvl72"])
    .option(
      "--context <tokens>",
      "lengths of users and times",
      list(tokenCount),
      [131_072, 262_144, 1_048_576],
    )
    .option("--users <n>", "users who decode together", integer(1), 64)
    .option("--kv-dtype <type>", "type of K and V", oneOf("kv dtype", kvDtypes), "fp8")
    .option(
      "--weights <formats>",
      `${weightsHelp} (default: as shipped in 4 bits, or the smallest that the GPU multiplies)`,
      checkedWeights,
    )
    .option("--engine-rule <name>", engineRuleHelp, oneOf("engine rule", engineRuleNames))
    .option("--beyond", "take contexts longer than those that models were made for")
    .option("--task <spec>", "task of the scores", "graphwalks")
    .option("--tokens <n>", "lengths of the scores", list(tokenCount), lengths)
    .option("--trials <n>", "problems of each score", integer(1), 10)
    .option("--seed <n>", "seed of the problems", integer(0), 0)
    .option(
      "--numerics",
      "full numerics in place of the mean field, at 4K and 16K unless --tokens says otherwise",
    );
  return command as unknown as Command<A, O & Fields<CardOptions>>;
}

/** The question about models that the options ask. */
export const readCards = (
  names: readonly string[],
  { as, system, context, users, kvDtype, weights, engineRule, beyond, ...asked }: CardOptions,
): CardQuestion => ({
  racks: {
    system,
    model: as === undefined ? names : readAsFamily(names, as),
    context,
    kvDtype,
    weights,
    engineRule,
    beyond,
    set: [],
  },
  users,
  found: {
    task: asked.task,
    lengths: asked.numerics && asked.tokens === lengths ? numericLengths : asked.tokens,
    trials: asked.trials,
    seed: asked.seed,
    mode: asked.numerics ? "numerics" : "mean-field",
  },
});
