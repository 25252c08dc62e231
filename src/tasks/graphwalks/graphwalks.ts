import { ImpossibleError } from "../../core/errors.ts";
import { choice, int } from "../../core/params.ts";
import { drawGraph, edgesOf } from "./graph.ts";
import type { GraphOperation } from "./graph.ts";
import { lineTokens } from "./line-tokens.ts";
import { finalAnswer, graphwalksProblem } from "./problem.ts";
import { readPrompt, wordings, writePrompt } from "./prompt.ts";
import { scorings } from "./score.ts";
import type { Random } from "../../core/random.ts";
import { stringColumn, stringsColumn } from "../parts/dataset-row.ts";
import { defineTask } from "../task.ts";
import { countTokens } from "../parts/tokenizer.ts";

const operations = ["bfs", "parents"] as const;

/** Out-degrees of the public dataset's rows. */
const degrees = [1, 3, 4, 5];

/** Tokens before the list of edges and behind it, in generated problems. */
const outlined = { head: 267, tail: 113 } as const;

/** Mean tokens of an id, the blank before a digit left out: 5.99 over a generated graph of 16K tokens. */
const spelledTokens = 6;

const outDegree = (degree: number, random: Random): number =>
  degree === 0 ? random.fork("degree").pick(degrees) : degree;

/** Nodes of a graph of a nominal size. @throws ImpossibleError for a size without room for one */
function nodesOf(tokens: number, degree: number): number {
  const nodes = Math.floor(edgesOf(tokens) / degree);
  if (nodes >= 1) return nodes;
  const least = Math.ceil(((degree + 21.6) / 68.3) * 1000);
  throw new ImpossibleError(`graphwalks: tokens must be >= ${least} for out-degree ${degree}; got ${tokens}`);
}

/**
 * Graph walks in the format of openai/graphwalks: a list of directed edges, then a breadth-first search to a depth, or
 * the parents of a node. The answer is a set of nodes, often empty.
 *
 * Graphs follow the public rows: ids md5("0"), md5("1") ... (ten digits), constant out-degree, edges by source, targets
 * uniform with replacement, 68.3 K - 21.6 edges for K thousand tokens; the node asked about is drawn uniformly.
 */
export const graphwalks = defineTask({
  name: "graphwalks",
  summary: "breadth-first search and parents of a node in a graph given as a list of edges",
  sources: [
    { title: "GraphWalks, OpenAI", url: "https://huggingface.co/datasets/openai/graphwalks" },
    { title: "Introducing GPT-4.1 in the API", url: "https://openai.com/index/gpt-4-1/" },
  ],
  params: {
    operation: choice("what is asked of the graph", operations, { default: "bfs" }),
    depth: int("steps of the breadth-first search", { default: 4, min: 1, max: 64, sweep: [1, 2, 3, 4] }),
    degree: int(
      "edges out of every node; 0 draws it from 1, 3, 4, 5 for each problem, as the dataset has it",
      {
        default: 3,
        min: 0,
        max: 64,
      },
    ),
    wording: choice("the dataset's text for breadth-first search: of 2025, or of 2026", wordings, {
      default: "original",
    }),
    scoring: choice(
      "how a response is read and scored: f1, the last line and 0 for no answer; card-literal, the dataset card of 2025 with its bugs; card-2026, the present card: any list in a last line with Final Answer; lm-eval and lm-eval-flexible, f1 and flexible_f1 of lm-evaluation-harness. Makers publish F1 without naming their reading, so that f1 stands beside every published column",
      scorings,
      { default: "f1" },
    ),
  },
  judging: ["scoring"],
  lengths: [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 1_024_000],
  published: ({ operation, depth, scoring }) =>
    scoring === "f1" && (operation === "parents" || depth === 4) ? `graphwalks-${operation}` : undefined,

  generate(tokens, { operation, depth, degree, wording, scoring }, random, count = countTokens) {
    const out = outDegree(degree, random);
    const nodes = nodesOf(tokens, out);
    const graph = drawGraph(nodes, out, random.fork("edges"));
    const node = random.fork("node").below(nodes);
    const asked: GraphOperation =
      operation === "bfs" ? { kind: "bfs", node, depth } : { kind: "parents", node };
    const parts = writePrompt(graph, asked, wording);
    return graphwalksProblem({ parts, graph, operation: asked }, scoring, count);
  },

  outline(tokens, { operation, depth, degree }, random) {
    const out = outDegree(degree, random);
    const nodes = nodesOf(tokens, out);
    const { head, tail } = outlined;
    const edges = out * nodes;
    const { mean, sd } = lineTokens(nodes);
    const backwards = operation === "parents";
    return {
      kind: "graph-walk",
      tokens: Math.round(head + tail + edges * mean + Math.sqrt(edges) * sd * random.fork("tokens").normal()),
      head,
      tail,
      nodes,
      degree: out,
      backwards,
      hops: backwards ? 1 : depth,
      recordTokens: mean - 1,
      spelledTokens: backwards ? 0 : spelledTokens,
    };
  },

  load(row, { scoring }) {
    const prompt = readPrompt(stringColumn("graphwalks", row, "prompt"));
    const column = ["answer_nodes", "answer"].find((name) => row[name] !== undefined);
    const stated = column === undefined ? undefined : finalAnswer(stringsColumn("graphwalks", row, column));
    return graphwalksProblem(prompt, scoring, countTokens, { row, stated });
  },
});
