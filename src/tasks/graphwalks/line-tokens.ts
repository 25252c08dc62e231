import { nodeId } from "./graph.ts";
import { countTokens } from "../parts/tokenizer.ts";

/** Tokens of the lines of a graph whose edges go from each node as often as from any other, to nodes drawn uniformly. */
interface LineTokens {
  readonly mean: number;
  /** of one line for another target, from the same source */
  readonly sd: number;
}

/** Ids whose tokens are counted; those of more nodes are taken to have as many in the mean. */
const counted = 1024;

/** For n - 1: of the first n nodes, tokens of their ids as sources and targets, and those as targets and their squares. */
const sums: { lines: number; targets: number; squares: number }[] = [];

/** Tokens of an edge's line, its line break included, among the first nodes. */
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
