import { nodeId } from "./graph.ts";
import { countTokens } from "../parts/tokenizer.ts";

/** Tokens of the lines of a graph whose nodes all have as many edges, to nodes drawn uniformly. */
interface LineTokens {
  readonly mean: number;
  /** standard deviation over the targets of one source */
  readonly sd: number;
}

/** Number of ids whose tokens are counted; the ids of more nodes are taken to have the same mean. */
const counted = 1024;

/** Sums over the first n nodes at n - 1: tokens of their lines, of their ids as targets, and squares of the latter. */
const sums: { lines: number; targets: number; squares: number }[] = [];

/** Tokens of an edge's line, its line break included, in a graph of the first `nodes` nodes. */
export function lineTokens(nodes: number): LineTokens {
  const n = Math.min(nodes, counted);
  while (sums.length < n) {
    const id = nodeId(sums.length);
    const before = sums.at(-1) ?? { lines: 0, targets: 0, squares: 0 };
    const target = countTokens(` ${id}\n`);
    sums.push({
      lines: before.lines + countTokens(`${id} ->`) + target,
      targets: before.targets + target,
      squares: before.squares + target * target,
    });
  }
  const { lines, targets, squares } = sums[n - 1]!;
  return { mean: lines / n, sd: Math.sqrt(squares / n - (targets / n) ** 2) };
}
