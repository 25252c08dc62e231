import { costFacts, paramFacts } from "../../src/cli/print/facts.ts";
import type { AnyVariant, Family } from "../../src/attention/variant.ts";
import { prefillCost } from "../../src/attention/prefill-cost.ts";
import { catalog } from "../../src/catalog.ts";
import { kvDtypeBytes } from "../../src/core/dtype.ts";
import { resolveParams } from "../../src/core/params.ts";
import {
  code,
  contents,
  departures,
  joined,
  sentence,
  sources,
  table,
  textBlock,
} from "../documents/markdown.ts";

/** The shape at which costs are printed: a layer like Llama's at 128K tokens in bf16. */
const shape = { tokens: 131072, queryHeads: 32, kvHeads: 8, headDim: 128, bytesPerElement: 2 };

const families: Readonly<Record<Family, string>> = {
  dense: "Every query reads every key.",
  static: "The place of a key alone decides whether it is read.",
  dynamic: "Each query chooses the keys that it reads; all keys are kept.",
  eviction: "After the prompt some tokens are dropped for good.",
  hierarchical: "Summaries stand for stretches of the context, and queries descend into them.",
  memory: "A part of the context lies in another place or form.",
  recurrent: "The context is a state of fixed size.",
  hybrid: "Layer plans: layers of several variants. The cost of a step is the mean of the layers' costs.",
};

const prefills: Readonly<Record<AnyVariant["prefill"], string>> = {
  dense: "Prefill: the context's own queries see every key; the questions alone go through this variant.",
  same: "Prefill: the context's own queries go through this variant too.",
  only: "Prefill: the context's own queries alone go through this variant; decoding is dense.",
};

const membersOf = (family: Family): readonly AnyVariant[] =>
  [...catalog.variants].filter((variant) => variant.family === family);

/** docs/reference/variants.md: every attention variant, by family. */
export function variantsPage(): string {
  const known = Object.entries(families) as [Family, string][];
  return joined([
    "# Attention variants",
    `A spec is written \`name(param=value,...)+modifier+...\`: \`dsa(k=1024)+fp8+ssmax\`. A modifier is a type that K and V are rounded to (${code(Object.keys(kvDtypeBytes))}), a [logit shaping or a placement](shapings-and-placements.md) of K and V; each may have parameters. A layer plan is written \`layers(6*(3*sink-window|dense)|dsa)+fp8\`.`,
    ...known.flatMap(([family, about]) => [`## Family: ${family}`, about, contents(membersOf(family))]),
    "## One by one",
    "Costs are those of one layer and one sequence at 131,072 tokens, 32 query heads and 8 kv heads of 128 numbers in bf16, at the defaults.",
    ...known.flatMap(([family]) => membersOf(family).flatMap(section)),
  ]);
}

function section(variant: AnyVariant): string[] {
  const { name, summary, formula, params, prefill, budgetParam } = variant;
  const values = resolveParams(name, params);
  return [
    `### ${name}`,
    sentence(summary),
    textBlock(formula),
    prefills[prefill],
    budgetParam === undefined ? "" : `A budget decides \`${budgetParam}\`.`,
    table(paramFacts(params)),
    table(
      costFacts(
        variant.cost(shape, values),
        prefillCost(variant, shape, values),
        variant.layers !== undefined,
      ),
    ),
    departures(variant),
    sources(variant),
  ];
}
