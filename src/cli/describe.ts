import { Option } from "@commander-js/extra-typings";
import { parseSpec } from "../attention/spec.ts";
import { entriesOf, kindOf } from "../catalog.ts";
import type { StepShape } from "../core/cost.ts";
import { kvDtypeBytes, kvDtypes } from "../core/dtype.ts";
import type { Entry } from "../core/entry.ts";
import { parseCall } from "../core/spec.ts";
import { parseTask } from "../tasks/spec.ts";
import type { Define } from "./commands.ts";
import { citation, costFacts, paramFacts, quantityFacts } from "./entry-facts.ts";
import type { Facts } from "./entry-facts.ts";
import { integer, tokenCount } from "./options.ts";
import { formatTable } from "./table.ts";

/** What there is to say about an entry beside its name, summary and sources. */
interface Description {
  /** short facts: `family dynamic` */
  readonly lines: Readonly<Record<string, string>>;
  readonly tables: readonly Facts[];
  /** the same for programs */
  readonly data: Readonly<Record<string, unknown>>;
}

/** `attnsim describe`: all that an entry says of itself, and what a variant costs at a shape. */
export const define: Define = (command) =>
  command
    .argument("<name>", "a variant, task, system or model; a spec such as dsa(k=1024)+fp8 sets parameters")
    .option("--tokens <n>", "cost: tokens in the cache", tokenCount, 131072)
    .option("--query-heads <n>", "cost: query heads", integer(1), 32)
    .option("--kv-heads <n>", "cost: key/value heads", integer(1), 8)
    .option("--head-dim <n>", "cost: dimension of a head", integer(1), 128)
    .addOption(
      new Option("--kv-dtype <type>", "cost: what K and V are stored as, unless the spec says")
        .choices(kvDtypes)
        .default("bf16" as const),
    )
    .option("--json", "print JSON")
    .action((text, { json, kvDtype, ...shape }) => {
      const { name } = parseCall(text);
      const kind = kindOf(name);
      const entry = entriesOf(kind).get(name);
      const { lines, tables, data } = {
        variants: () => describeVariant(text, { ...shape, bytesPerElement: kvDtypeBytes[kvDtype] }),
        tasks: () => describeTask(text),
        systems: () => describeQuantities(entry),
        models: () => describeQuantities(entry),
      }[kind]();
      if (json)
        console.log(
          JSON.stringify({ kind, name, summary: entry.summary, ...data, sources: entry.sources }, null, 2),
        );
      else console.log(layOut(entry, lines, tables));
    });

function describeVariant(text: string, given: StepShape): Description {
  const { variant, params, kvDtype, resolved } = parseSpec(text);
  const shape = kvDtype === undefined ? given : { ...given, bytesPerElement: kvDtypeBytes[kvDtype] };
  const { tokens, queryHeads, kvHeads, headDim, bytesPerElement } = shape;
  return {
    lines: {
      spec: resolved,
      family: variant.family,
      formula: variant.formula,
      prefill:
        variant.prefill === "dense"
          ? "dense: the context's own queries see every key"
          : "the context's own queries go through it too",
      budget:
        variant.budgetParam === undefined
          ? "no parameter that a budget could decide"
          : `decides ${variant.budgetParam}`,
      shape: `${tokens} tokens, ${queryHeads} query heads, ${kvHeads} kv heads of ${headDim}, ${bytesPerElement} B an element`,
    },
    tables: [paramFacts(variant.params), costFacts(variant, shape, params)],
    data: {
      family: variant.family,
      formula: variant.formula,
      prefill: variant.prefill,
      budgetParam: variant.budgetParam,
      parameters: variant.params,
      spec: resolved,
      shape,
      cost: variant.cost(shape, params),
    },
  };
}

function describeTask(text: string): Description {
  const { task, spec, params } = parseTask(text);
  return {
    lines: { spec, lengths: task.lengths.join(", ") },
    tables: [paramFacts(task.params)],
    data: { parameters: task.params, spec, values: params, lengths: task.lengths },
  };
}

function describeQuantities(entry: Entry): Description {
  return { lines: {}, tables: [quantityFacts(entry)], data: { ...entry } };
}

/** Name and summary, short facts, tables, sources. */
function layOut(
  { name, summary, sources }: Entry,
  lines: Description["lines"],
  tables: readonly Facts[],
): string {
  const width = Math.max(0, ...Object.keys(lines).map((key) => key.length)) + 2;
  const indented = (text: string): string => text.replaceAll("\n", `\n${" ".repeat(width)}`);
  return [
    `${name}: ${summary}`,
    Object.entries(lines)
      .map(([key, text]) => `${key.padEnd(width)}${indented(text)}`)
      .join("\n"),
    ...tables.map(({ titles, rows }) => (rows.length === 0 ? "" : formatTable(titles, rows))),
    ["sources", ...sources.map((source) => `  ${citation(source)}`)].join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
