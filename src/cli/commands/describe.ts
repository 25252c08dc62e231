import { Option } from "@commander-js/extra-typings";
import type { Command } from "@commander-js/extra-typings";
import { kinds } from "../../catalog.ts";
import { kvDtypeBytes, kvDtypes } from "../../core/dtype.ts";
import { UsageError } from "../../core/errors.ts";
import { engineNames } from "../../engines/registry.ts";
import { integer, tokenCount } from "../options/values.ts";
import { describe, describedData, formatDescription } from "../print/description.ts";
import { print } from "../print/print.ts";

/** `attnsim describe`: the facts of an entry, and the cost of a variant at a shape. */
export default function describeCommand(command: Command): void {
  command
    .argument(
      "<name>",
      "a variant, task, system or model, or a file of one (my-rack.yaml); a spec such as dsa(k=1024)+fp8 sets parameters",
    )
    .option("--tokens <n>", "cost: tokens in the cache", tokenCount, 131072)
    .option("--query-heads <n>", "cost: query heads", integer(1), 32)
    .option("--kv-heads <n>", "cost: key/value heads", integer(1), 8)
    .option("--head-dim <n>", "cost: dimension of a head", integer(1), 128)
    .addOption(
      new Option("--kv-dtype <type>", "cost: type of K and V, if the spec names none")
        .choices(kvDtypes)
        .default("bf16" as const),
    )
    .option("--json", "print JSON")
    .addOption(
      new Option(
        "--kind <kind>",
        "kind to describe when a layer plan and its model share a name (default: both)",
      ).choices(kinds),
    )
    .action((text, { json, kvDtype, kind, ...shape }) => {
      if (engineNames.includes(text))
        throw new UsageError(
          `"${text}" is an engine; see attnsim engines for what it is and whether it works here`,
        );
      const described = describe(text, kind, { ...shape, bytesPerElement: kvDtypeBytes[kvDtype] });
      print(
        json
          ? JSON.stringify(describedData(described), null, 2)
          : described.map(formatDescription).join("\n\n"),
      );
    });
}
