import type { Command } from "@commander-js/extra-typings";
import { Option } from "@commander-js/extra-typings";
import { parseShaping, parseSpec, placedCost } from "../../attention/spec.ts";
import { placements } from "../../attention/registry.ts";
import { prefillCost } from "../../attention/prefill-cost.ts";
import { entriesOf, kinds, kindsOf } from "../../catalog.ts";
import type { AnyVariant } from "../../attention/variant.ts";
import type { StepShape } from "../../core/cost.ts";
import { kvDtypeBytes, kvDtypes } from "../../core/dtype.ts";
import type { Entry } from "../../core/entry.ts";
import { unknownName } from "../../core/errors.ts";
import { parseExpression } from "../../core/spec.ts";
import { parseTask } from "../../tasks/spec.ts";
import { citation, costFacts, paramFacts, quantityFacts } from "../print/facts.ts";
import type { Facts } from "../print/facts.ts";
import { integer, tokenCount } from "../options/values.ts";
import { formatTable } from "../print/table.ts";

/** What there is to say about an entry beside its name, summary and sources. */
interface Description {
  /** short facts: `family dynamic` */
  readonly lines: Readonly<Record<string, string>>;
  readonly tables: readonly Facts[];
  /** the same for programs */
  readonly data: Readonly<Record<string, unknown>>;
}

/** `attnsim describe`: all that an entry says of itself, and what a variant costs at a shape. */
export default function describeCommand(command: Command): void {
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
    .addOption(
      new Option(
        "--kind <kind>",
        "where a name is a layer plan's and its model's: which; both when absent",
      ).choices(kinds),
    )
    .action((text, { json, kvDtype, kind: asked, ...shape }) => {
      const { name, layers } = parseExpression(text);
      const named = layers ? (["variants"] as const) : kindsOf(name);
      const chosen = named.filter((kind) => asked === undefined || kind === asked);
      if (chosen.length === 0) unknownName(`kind of "${name}"`, asked!, named);
      const described = chosen.map((kind) => {
        const entry = layers ? parseSpec(text).variant : entriesOf(kind).get(name);
        const description = {
          variants: () => describeVariant(text, { ...shape, bytesPerElement: kvDtypeBytes[kvDtype] }),
          shapings: () => describeShaping(text),
          placements: () => describePlacement(name),
          tasks: () => describeTask(text),
          systems: () => describeQuantities(entry),
          models: () => describeQuantities(entry),
        }[kind]();
        return { kind, entry, ...description };
      });
      if (json) {
        const objects = described.map(({ kind, entry, data }) => ({
          kind,
          name,
          summary: entry.summary,
          ...data,
          sources: entry.sources,
        }));
        console.log(JSON.stringify(objects.length === 1 ? objects[0] : objects, null, 2));
      } else
        console.log(described.map(({ entry, lines, tables }) => layOut(entry, lines, tables)).join("\n\n"));
    });
}

function describeVariant(text: string, given: StepShape): Description {
  const spec = parseSpec(text);
  const { variant, params, kvDtype, resolved } = spec;
  const shape = kvDtype === undefined ? given : { ...given, bytesPerElement: kvDtypeBytes[kvDtype] };
  const { tokens, queryHeads, kvHeads, headDim, bytesPerElement } = shape;
  const cost = placedCost(spec, shape);
  const prefill = prefillCost(variant, shape, params);
  return {
    lines: {
      spec: resolved,
      family: variant.family,
      formula: variant.formula,
      prefill: prefills[variant.prefill],
      ...(variant.notConvex !== undefined && { weights: variant.notConvex }),
      ...(variant.refuses &&
        Object.keys(variant.refuses).length > 0 && {
          refuses: Object.entries(variant.refuses)
            .map(([what, reason]) => `${what}: ${reason}`)
            .join("\n"),
        }),
      budget:
        variant.budgetParam === undefined
          ? "no parameter that a budget could decide"
          : `decides ${variant.budgetParam}`,
      shape: `${tokens} tokens, ${queryHeads} query heads, ${kvHeads} kv heads of ${headDim}, ${bytesPerElement} B an element`,
    },
    tables: [paramFacts(variant.params), costFacts(cost, prefill)],
    data: {
      family: variant.family,
      formula: variant.formula,
      prefill: variant.prefill,
      budgetParam: variant.budgetParam,
      parameters: variant.params,
      spec: resolved,
      shape,
      cost,
      prefillCost: prefill,
    },
  };
}

const prefills: Readonly<Record<AnyVariant["prefill"], string>> = {
  dense: "dense: the context's own queries see every key",
  same: "the context's own queries go through it too",
  only: "the context's own queries alone go through it; decoding is dense",
};

function describeShaping(text: string): Description {
  const { shaping, params } = parseShaping(text);
  const { formula, notConvex } = shaping;
  return {
    lines: { formula, ...(notConvex !== undefined && { weights: notConvex }) },
    tables: [paramFacts(shaping.params)],
    data: { formula, parameters: shaping.params, values: params },
  };
}

function describePlacement(name: string): Description {
  const { params } = placements.get(name);
  return { lines: {}, tables: [paramFacts(params)], data: { parameters: params } };
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
