import type { Command } from "@commander-js/extra-typings";
import { parseSpec } from "../attention/spec.ts";
import { catalog } from "../catalog.ts";
import type { StepCost } from "../core/cost.ts";
import { kvDtypes } from "../core/dtype.ts";
import type { KvDtype } from "../core/dtype.ts";
import { Registry } from "../core/entry.ts";
import { unknownName } from "../core/errors.ts";
import { formatBytes, formatNumber, formatSeconds } from "../core/units.ts";
import { decodeAssumptions, decodeStep } from "../hardware/decode.ts";
import { memoryAssumptions, memoryFit } from "../hardware/memory.ts";
import { shapeOf } from "../hardware/model.ts";
import type { Model } from "../hardware/model.ts";
import { weightDtypes } from "../hardware/parameters.ts";
import type { WeightDtype } from "../hardware/parameters.ts";
import { override } from "../hardware/system.ts";
import type { System } from "../hardware/system.ts";
import type { Define } from "./commands.ts";
import { quantityFacts } from "./entry-facts.ts";
import { integer, positive, tokenCount } from "./options.ts";
import { formatTable } from "./table.ts";
import type { Cell } from "./table.ts";

const machines = new Registry("system or model", [...catalog.systems, ...catalog.models]);

/** `attnsim hardware`: what a rack holds, how long a decode step takes, and the numbers both rest on. */
export const define: Define = (command) => {
  options(command.command("memory"))
    .description("bytes kept per user, and users who fit a GPU and a rack")
    .option("--users <n>", "say what so many users lack", integer(1), 1)
    .action(({ users, json, ...rest }) => {
      const rows = settings(rest).map(({ system, model, weights, cost, ...facts }) => {
        const { user, available, usersPerRack, usersPerGpu, short } = memoryFit(
          system,
          model,
          weights,
          cost,
          users,
        );
        const bytes = { keptBytes: user.kept, indexKeptBytes: user.indexKept, availableBytes: available };
        return { ...facts, weights, ...bytes, usersPerGpu, usersPerRack, users, shortBytes: short };
      });
      const titles = ["KV a user", "index a user", "users a GPU", "users a rack", `short for ${users}`];
      const cells = rows.map((row) => [
        formatBytes(row.keptBytes),
        formatBytes(row.indexKeptBytes),
        formatNumber(row.usersPerGpu),
        row.usersPerRack,
        row.shortBytes > 0 ? formatBytes(row.shortBytes) : "-",
      ]);
      print(json, rows, titles, cells, [weightLine(rest), ...memoryAssumptions]);
    });

  options(command.command("decode"))
    .description("time of a decode step, and where it goes")
    .option("--users <n,...>", "users who share the rack", list(integer(1)), [1, 64, 256])
    .action(({ users, json, ...rest }) => {
      const rows = settings(rest).flatMap(({ system, model, weights, cost, ...facts }) =>
        users.map((count) => ({
          ...facts,
          weights,
          users: count,
          shortBytes: memoryFit(system, model, weights, cost, count).short,
          ...decodeStep({ system, model, weights, kvDtype: facts.kvDtype, users: count }, cost),
        })),
      );
      const titles = [
        ...["users", "HBM", "arithmetic", "link", "step", "tokens/s/user", "tokens/s/GPU", "FLOP/B"],
        "HBM short",
      ];
      const cells = rows.map((row) => [
        row.users,
        formatSeconds(row.hbmSeconds),
        formatSeconds(row.computeSeconds),
        formatSeconds(row.linkSeconds),
        formatSeconds(row.seconds),
        formatNumber(row.tokensPerSecondPerUser),
        formatNumber(row.tokensPerSecondPerGpu),
        formatNumber(row.intensity),
        row.shortBytes > 0 ? formatBytes(row.shortBytes) : "-",
      ]);
      print(json, rows, titles, cells, [weightLine(rest), ...memoryAssumptions, ...decodeAssumptions]);
    });

  command
    .command("show")
    .description("every number of a system or model, with its source")
    .argument("<name>", machines.names().join(", "))
    .option("--json", "print JSON")
    .action((name, { json }) => {
      const entry = machines.get(name);
      const { titles, rows } = quantityFacts(entry);
      console.log(
        json
          ? JSON.stringify(entry, null, 2)
          : `${entry.name}: ${entry.summary}\n\n${formatTable(titles, rows)}`,
      );
    });
};

const options = (command: Command) =>
  command
    .option("--system <name,...>", "racks", list(String), [...catalog.systems.names()])
    .option("--model <name,...>", "models", list(String), [...catalog.models.names()])
    .option("--variant <spec...>", "attention variants; each model's own when absent")
    .option("--context <tokens,...>", "tokens of each user", list(tokenCount), [131_072, 1_048_576])
    .option("--kv-dtype <type,...>", "what K and V are stored as, unless the spec says", list(String), [
      "fp8",
    ])
    .option("--weights <type>", `what weights are stored as: ${weightDtypes.join(", ")}`, "nvfp4")
    .option("--hbm-gb <gb>", "usable HBM of a GPU, in place of the system's", positive)
    .option("--hbm-gbps <gb/s>", "HBM bandwidth of a GPU", positive)
    .option("--nvlink-gbps <gb/s>", "NVLink bandwidth of a GPU, each direction", positive)
    .option("--json", "print JSON");

/** Reads values with a comma between them. */
function list<T>(read: (text: string) => T): (text: string) => T[] {
  return (text) => text.split(",").map((part) => read(part.trim()));
}

interface Asked {
  readonly system: readonly string[];
  readonly model: readonly string[];
  readonly variant?: readonly string[] | undefined;
  readonly context: readonly number[];
  readonly kvDtype: readonly string[];
  readonly weights: string;
  readonly hbmGb?: number | undefined;
  readonly hbmGbps?: number | undefined;
  readonly nvlinkGbps?: number | undefined;
}

/** A line of a table before its numbers. */
interface Setting {
  readonly system: System;
  readonly model: Model;
  readonly weights: WeightDtype;
  readonly kvDtype: KvDtype;
  readonly names: { readonly system: string; readonly model: string; readonly variant: string };
  readonly tokens: number;
  /** of one layer and one user */
  readonly cost: StepCost;
}

const named = <T extends string>(what: string, known: readonly T[], name: string): T =>
  known.find((each) => each === name) ?? unknownName(what, name, known);

/** Every combination that was asked for. @throws UsageError for a name that is unknown */
function settings(asked: Asked): Setting[] {
  const weights = named("weight dtype", weightDtypes, asked.weights);
  const racks = asked.system.map((name) => override(catalog.systems.get(name), asked));
  const models = asked.model.map((name) => catalog.models.get(name));
  const dtypes = asked.kvDtype.map((name) => named("kv dtype", kvDtypes, name));
  return racks.flatMap((system) =>
    models.flatMap((model) =>
      (asked.variant ?? [model.native]).flatMap((text) => {
        const { variant, params, kvDtype: own, text: name } = parseSpec(text);
        return (own === undefined ? dtypes : [own]).flatMap((kvDtype) =>
          asked.context.map((tokens) => ({
            system,
            model,
            weights,
            kvDtype,
            names: { system: system.name, model: model.name, variant: name },
            tokens,
            cost: variant.cost(shapeOf(model, tokens, kvDtype), params),
          })),
        );
      }),
    ),
  );
}

const weightLine = ({ weights, hbmGb, hbmGbps, nvlinkGbps }: Asked): string =>
  [
    `weights in ${weights}`,
    ...(hbmGb === undefined ? [] : [`${hbmGb} GB of usable HBM a GPU, as given`]),
    ...(hbmGbps === undefined ? [] : [`HBM at ${hbmGbps} GB/s a GPU, as given`]),
    ...(nvlinkGbps === undefined ? [] : [`NVLink at ${nvlinkGbps} GB/s each direction, as given`]),
  ].join("; ");

function print(
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
