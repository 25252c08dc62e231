import type { Command, OptionValues } from "@commander-js/extra-typings";
import { catalog } from "../../catalog.ts";
import { kvDtypes } from "../../core/dtype.ts";
import type { KvDtype } from "../../core/dtype.ts";
import { frameworks, usualFramework } from "../../hardware/constants/set.ts";
import type { Framework } from "../../hardware/constants/set.ts";
import { profiles } from "../../hardware/kernels/machine.ts";
import type { KernelProfile } from "../../hardware/kernels/machine.ts";
import { formatRouting, parseRouting, routingHelp, usualRouting } from "../../hardware/kernels/routing.ts";
import type { Routing } from "../../hardware/kernels/routing.ts";
import { shorthands, shorthandSetting } from "../../hardware/overrides.ts";
import { parallelHelp } from "../../hardware/parallel.ts";
import { checkedWeights, weightsHelp } from "../../hardware/weights/choice.ts";
import { weightFormats } from "../../hardware/weights/formats.ts";
import type { WeightFormat } from "../../hardware/weights/formats.ts";
import type { Acceptance } from "../../hardware/serving/acceptance.ts";
import type { RackQuestion } from "../../studies/racks/settings.ts";
import { modelOf, readAsFamily } from "../../files/machines.ts";
import { refuseDrafts, refuseRouting } from "../../studies/racks/unsuited.ts";
import { collect, integer, list, oneOf, positive, tokenCount } from "./values.ts";
import type { Fields } from "./values.ts";

/** Values of the options that name models and racks. */
export interface RackOptions {
  readonly system: readonly string[];
  readonly model: readonly string[];
  readonly as?: string | undefined;
  readonly variant?: readonly string[] | undefined;
  readonly kvDtype: readonly KvDtype[];
  readonly weights?: string | undefined;
  readonly hbmGb?: number | undefined;
  readonly hbmGbps?: number | undefined;
  readonly nvlinkGbps?: number | undefined;
  readonly c2cGbps?: number | undefined;
  readonly set?: readonly string[] | undefined;
  readonly routing?: Routing | undefined;
  readonly sweep?: string | undefined;
  readonly json?: true | undefined;
  readonly beyond?: true | undefined;
}

/** Values of the options that divide a model among GPUs and time it. */
export interface DivisionOptions {
  readonly attentionWeights?: WeightFormat | undefined;
  readonly profile: KernelProfile;
  readonly framework: Framework;
  readonly gpus?: number | undefined;
  readonly overlapLinks?: true | undefined;
  readonly explain?: true | undefined;
}

/** Defaults: pairings of these that are not suited are left out, and not refused. */
export const allModels = [...catalog.models.names()];
const usualContexts = [131_072, 1_048_576];

/** Adds the options that name models and racks. */
export function rackOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<Omit<RackOptions, "sweep">>> {
  command
    .option(
      "--system <name>",
      "racks, files of your own (my-rack.yaml), or local (this machine, measured)",
      collect,
      ["gb200-nvl72", "gb300-nvl72"],
    )
    .option(
      "--model <name>",
      "models, or files of your own: a Hugging Face config.json, or my-model.yaml",
      collect,
      allModels,
    )
    .option(
      "--as <family>",
      "family that files of models are read as, such as llama (default: their model_type)",
    )
    .option(
      "--variant <spec...>",
      "attention variants; more with commas or again (default: each model's own)",
      collect,
    )
    .option(
      "--kv-dtype <type>",
      "types of K and V, if the spec names none",
      list(oneOf("kv dtype", kvDtypes)),
      ["fp8"],
    )
    .option(
      "--weights <formats>",
      `${weightsHelp} (default: as shipped in 4 bits, or the smallest that the GPU multiplies)`,
      checkedWeights,
    )
    .option("--hbm-gb <gb>", shorthands["hbm-gb"].doc, positive)
    .option("--hbm-gbps <gb/s>", shorthands["hbm-gbps"].doc, positive)
    .option("--nvlink-gbps <gb/s>", shorthands["nvlink-gbps"].doc, positive)
    .option("--c2c-gbps <gb/s>", shorthands["c2c-gbps"].doc, positive)
    .option(
      "--set <path=value...>",
      "any quantity of the systems, with its unit: gpu.fp8=4.5PFLOP/s host.memory=960GB (`hardware show` lists them)",
      collect,
    )
    .option("--routing <law>", `${routingHelp} (default: ${formatRouting(usualRouting)})`, parseRouting)
    .option("--beyond", "take contexts longer than those that models were made for")
    .option("--json", "print JSON");
  return command as unknown as Command<A, O & Fields<Omit<RackOptions, "sweep">>>;
}

/** Adds the option for context lengths. */
export function contextOption<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & { context: number[] }> {
  command.option("--context <tokens>", "tokens of each user", list(tokenCount), usualContexts);
  return command as unknown as Command<A, O & { context: number[] }>;
}

/** Adds the options that divide a model among GPUs and time it. */
export function divisionOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<DivisionOptions>> {
  command
    .option(
      "--attention-weights <type>",
      `format of attention's weights: ${weightFormats.join(", ")} (default: as --weights says)`,
      oneOf("format of weights", weightFormats),
    )
    .option(
      "--profile <name>",
      "rates of kernels: measured (fitted to measured kernels) or ideal (peak rates)",
      oneOf("profile", profiles),
      "measured",
    )
    .option(
      "--framework <name>",
      `serving engine whose kernels run: ${frameworks.join(", ")} (attnsim list constants has their versions)`,
      oneOf("framework", frameworks),
      usualFramework,
    )
    .option(
      "--gpus <n>",
      "GPUs to divide the model among, without --parallel (default: all of the system)",
      integer(1),
    )
    .option("--overlap-links", "hide exchanges between GPUs behind the work of the other half of the batch")
    .option("--explain", "print the time of each row kernel by kernel");
  return command as unknown as Command<A, O & Fields<DivisionOptions>>;
}

/** Help of an option that takes a division among GPUs. */
export const parallelOption = `as tp=4,dp=2; ${parallelHelp} (default: the best on --gpus)`;

/** Quantities from the user that replace the systems' own. */
function givenQuantities(options: RackOptions): string[] {
  const { hbmGb, hbmGbps, nvlinkGbps, c2cGbps, set = [] } = options;
  const short = { "hbm-gb": hbmGb, "hbm-gbps": hbmGbps, "nvlink-gbps": nvlinkGbps, "c2c-gbps": c2cGbps };
  return [
    ...(Object.keys(short) as (keyof typeof short)[]).flatMap((name) => {
      const value = short[name];
      return value === undefined ? [] : [shorthandSetting(name, value)];
    }),
    ...set,
  ];
}

/**
 * The question about models and racks that the options ask, without context lengths.
 *
 * @throws UsageError for drafts of a model that has none, and a routing of tokens to experts where no model has experts
 */
export function readRacks(options: RackOptions & OtherOptions): Omit<RackQuestion, "context"> {
  const { as } = options;
  const model = as === undefined ? options.model : readAsFamily(options.model, as);
  if (options.routing !== undefined) refuseRouting(model.map(modelOf));
  for (const name of model) refuseDrafts(modelOf(name), options.mtp ?? 0, options.acceptance);
  return questionOf({ ...options, model });
}

/** Options of some commands about racks. */
type OtherOptions = Partial<DivisionOptions> & {
  readonly mtp?: number;
  readonly acceptance?: Acceptance;
  readonly context?: readonly number[];
};

const questionOf = (options: RackOptions & OtherOptions): Omit<RackQuestion, "context"> => ({
  system: options.system,
  model: options.model,
  variant: options.variant,
  kvDtype: options.kvDtype,
  weights: options.weights,
  attentionWeights: options.attentionWeights,
  set: givenQuantities(options),
  sweep: options.sweep,
  profile: options.profile,
  framework: options.framework,
  gpus: options.gpus,
  overlapLinks: options.overlapLinks,
  routing: options.routing,
  unsuited: unsuitedOf(options),
  beyond: options.beyond,
});

/** Fate of pairings that are not suited: those that stand in a default are no mistake of the user. */
function unsuitedOf({ context, model }: RackOptions & OtherOptions): RackQuestion["unsuited"] {
  if (context === usualContexts) return "shortened";
  return model === allModels ? "left out" : "refused";
}
