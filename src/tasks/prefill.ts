import { int, real, resolveParams } from "../core/params.ts";
import type { Random } from "../core/random.ts";
import { graphwalks } from "./graphwalks/graphwalks.ts";
import { defineTask } from "./task.ts";
import type { Problem } from "./task.ts";
import type { CountTokens } from "./parts/tokenizer.ts";

/**
 * The context's own queries, while the cache is built. Text and records are those of a graph walk. Queries stand at the
 * positions of the prompt, and a share of them asks for the edges of a node that stand before it. There is no question:
 * the score is 1 / (1 + e), where e is the distance of the outputs from dense attention's over the length of the latter.
 */
export const prefill = defineTask({
  name: "prefill",
  summary: "how far attention in prefill is from dense attention, over the positions of a prompt",
  sources: [
    {
      title: "MInference 1.0: Accelerating Pre-filling for Long-Context LLMs via Dynamic Sparse Attention",
      url: "https://arxiv.org/abs/2407.02490",
      where: "section 2: sparse attention in prefill; the task is attnsim's own",
    },
  ],
  params: {
    asking: real("share of the positions that ask for a record before them", {
      default: 0.1,
      min: 0,
      max: 1,
      sweep: [0, 0.1, 0.5, 1],
    }),
    queries: int("positions asked, in blocks of 128 evenly over the prompt; all where there are no more", {
      default: 1024,
      min: 1,
    }),
    tolerance: real("relative error that still counts as exact", { default: 0.05, min: 0, max: 1 }),
  },
  asks: ({ queries }) => ({ queries, phase: "prefill" }),
  lengths: [4096, 8192, 16384, 32768, 65536],
  generate: (tokens, params, random, count) => asPrefill(walkOf(tokens, random, count), params),
  load: (row, params) =>
    asPrefill(graphwalks.load(row, resolveParams("graphwalks", graphwalks.params)), params),
});

const walkOf = (tokens: number, random: Random, count?: CountTokens): Problem =>
  graphwalks.generate(tokens, resolveParams("graphwalks", graphwalks.params), random, count);

/** The text and records of a graph walk, asked by their own positions. */
function asPrefill(
  walk: Problem,
  { asking, queries, tolerance }: Readonly<Record<"asking" | "queries" | "tolerance", number>>,
): Problem {
  const { messages, tokens, features, circuit } = walk;
  if (circuit.kind !== "graph-walk") throw new Error("a graph walk has the circuit of one");
  return {
    messages,
    tokens,
    features,
    circuit: { kind: "prefill-error", records: circuit.records, asking, queries },
    answer: "0",
    row: () => walk.row(),
    respond: ([error]) => String(error),
    score(response) {
      const error = response.trim() === "" ? NaN : Number(response);
      return Number.isFinite(error)
        ? { score: 1 / (1 + Math.abs(error)), exact: Math.abs(error) <= tolerance }
        : { score: 0, exact: false };
    },
  };
}
