import type { Command, OptionValues } from "@commander-js/extra-typings";
import { parseSpec } from "../../attention/spec.ts";
import type { AttentionSpec } from "../../attention/spec.ts";
import { catalog } from "../../catalog.ts";
import type { StepCost } from "../../core/cost.ts";
import { kvDtypes } from "../../core/dtype.ts";
import type { KvDtype } from "../../core/dtype.ts";
import { unknownName } from "../../core/errors.ts";
import { modelOf, systemOf } from "../../files/machines.ts";
import { nativeOf } from "../../hardware/model.ts";
import type { Model } from "../../hardware/model.ts";
import { weightDtypes } from "../../hardware/kernels/dtypes.ts";
import type { WeightDtype } from "../../hardware/kernels/dtypes.ts";
import { override, shorthands, shorthandSetting } from "../../hardware/overrides.ts";
import { usualWeights } from "../../hardware/system.ts";
import type { System } from "../../hardware/system.ts";
import { modelCost } from "../../deployment/model-cost.ts";
import { localSystem } from "../../studies/this-machine/system.ts";
import { positive, tokenCount } from "./values.ts";
import type { Fields } from "./values.ts";
import { formatTable } from "../print/table.ts";
import type { Cell } from "../print/table.ts";

/** What every question about a model on a rack is asked with. */
export interface ModelAsked {
  readonly system: readonly string[];
  readonly model: readonly string[];
  readonly variant?: readonly string[] | undefined;
  readonly kvDtype: readonly string[];
  readonly weights?: string | undefined;
  readonly hbmGb?: number | undefined;
  readonly hbmGbps?: number | undefined;
  readonly nvlinkGbps?: number | undefined;
  readonly c2cGbps?: number | undefined;
  readonly set?: readonly string[] | undefined;
  readonly json?: true | undefined;
}

/** What every question about a model at context lengths is asked with. */
export interface Asked extends ModelAsked {
  readonly context: readonly number[];
}

/** Options of `ModelAsked`. */
export function modelOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<ModelAsked>> {
  command
    .option(
      "--system <name,...>",
      "racks, files of your own (my-rack.yaml), or local: this machine, measured",
      list(String),
      ["gb200-nvl72", "gb300-nvl72"],
    )
    .option(
      "--model <name,...>",
      "models, or files of your own: a Hugging Face config.json, or my-model.yaml",
      list(String),
      [...catalog.models.names()],
    )
    .option("--variant <spec...>", "attention variants; each model's own when absent")
    .option("--kv-dtype <type,...>", "what K and V are stored as, unless the spec says", list(String), [
      "fp8",
    ])
    .option(
      "--weights <type>",
      `what weights are stored as: ${weightDtypes.join(", ")}; the smallest that the GPU multiplies when absent`,
    )
    .option("--hbm-gb <gb>", shorthands["hbm-gb"].doc, positive)
    .option("--hbm-gbps <gb/s>", shorthands["hbm-gbps"].doc, positive)
    .option("--nvlink-gbps <gb/s>", shorthands["nvlink-gbps"].doc, positive)
    .option("--c2c-gbps <gb/s>", shorthands["c2c-gbps"].doc, positive)
    .option(
      "--set <path=value...>",
      "any quantity of the systems, with its unit: gpu.fp8=4.5PFLOP/s host.memory=960GB (`hardware show` lists them)",
    )
    .option("--json", "print JSON");
  return command as unknown as Command<A, O & Fields<ModelAsked>>;
}

/** Options of `Asked`. */
export function machineOptions<A extends unknown[], O extends OptionValues>(
  command: Command<A, O>,
): Command<A, O & Fields<Asked>> {
  modelOptions(command).option(
    "--context <tokens,...>",
    "tokens of each user",
    list(tokenCount),
    [131_072, 1_048_576],
  );
  return command as unknown as Command<A, O & Fields<Asked>>;
}

/** Reads values with a comma between them. */
export function list<T>(read: (text: string) => T): (text: string) => T[] {
  return (text) => text.split(",").map((part) => read(part.trim()));
}

/** A line of a table before its numbers. */
export interface Setting {
  readonly system: System;
  readonly model: Model;
  readonly weights: WeightDtype;
  readonly kvDtype: KvDtype;
  readonly spec: AttentionSpec;
  readonly names: { readonly system: string; readonly model: string; readonly variant: string };
  readonly tokens: number;
  /** of all layers for one user */
  readonly cost: StepCost;
}

export const named = <T extends string>(what: string, known: readonly T[], name: string): T =>
  known.find((each) => each === name) ?? unknownName(what, name, known);

/** Every combination that was asked for. @throws UsageError for a name that is unknown */
export function settings(asked: Asked): Setting[] {
  const given = asked.weights === undefined ? undefined : named("weight dtype", weightDtypes, asked.weights);
  const racks = asked.system.map((name) =>
    override(name === "local" ? localSystem() : systemOf(name), overrides(asked)),
  );
  const models = asked.model.map(modelOf);
  const dtypes = asked.kvDtype.map((name) => named("kv dtype", kvDtypes, name));
  return racks.flatMap((system) =>
    models.flatMap((model) =>
      (asked.variant ?? [nativeOf(model)]).flatMap((text) => {
        const spec = parseSpec(text);
        const { kvDtype: own, text: name } = spec;
        return (own === undefined ? dtypes : [own]).flatMap((kvDtype) =>
          asked.context.map((tokens) => ({
            system,
            model,
            weights: given ?? usualWeights(system),
            kvDtype,
            spec,
            names: { system: system.name, model: model.name, variant: name },
            tokens,
            cost: modelCost(model, spec, tokens, kvDtype),
          })),
        );
      }),
    ),
  );
}

/** What the user put in place of the systems' own quantities. */
function overrides({ hbmGb, hbmGbps, nvlinkGbps, c2cGbps, set = [] }: ModelAsked): string[] {
  const short = { "hbm-gb": hbmGb, "hbm-gbps": hbmGbps, "nvlink-gbps": nvlinkGbps, "c2c-gbps": c2cGbps };
  return [
    ...(Object.keys(short) as (keyof typeof short)[]).flatMap((name) => {
      const value = short[name];
      return value === undefined ? [] : [shorthandSetting(name, value)];
    }),
    ...set,
  ];
}

/** What a table takes as given. */
export const weightLine = (asked: ModelAsked): string =>
  [
    `weights in ${asked.weights ?? "nvfp4, in fp8 where a GPU has no FP4"}`,
    ...overrides(asked).map((setting) => `${setting}, as given`),
  ].join("; ");

/** Prints the rows as JSON, or as a table and what it assumes. */
export function print(
  json: true | undefined,
  rows: readonly (Pick<Setting, "names" | "kvDtype" | "tokens"> & object)[],
  titles: readonly string[],
  cells: readonly (readonly Cell[])[],
  assumptions: readonly string[],
): void {
  if (json) {
    const flat = rows.map(({ names, ...rest }) => ({ ...names, ...rest }));
    console.log(JSON.stringify({ assumptions, rows: flat }, null, 2));
    return;
  }
  const table = formatTable(
    ["system", "model", "attention", "KV as", "context", ...titles],
    rows.map(({ names, kvDtype, tokens }, i) => [
      ...[names.system, names.model, names.variant, kvDtype, tokens],
      ...cells[i]!,
    ]),
  );
  console.log([table, "", "assumed:", ...assumptions.map((line) => `  ${line}`)].join("\n"));
}
