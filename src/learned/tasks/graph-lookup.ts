import { UsageError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import type { LabelledSequence } from "./labelled.ts";

/** Sizes of the sequences. */
export interface GraphLookupSizes {
  readonly name: "graph-lookup";
  /** symbols: 0 is the filler, the others are nodes */
  readonly vocabulary: number;
  /** symbols of a sequence */
  readonly tokens: number;
  readonly edges: number;
}

/**
 * One hop in a graph: a list of edges, each the node it leaves and the node it reaches, then nodes whose neighbour is
 * asked for. Every node is left by one edge at most, and may be reached by several; so a node stands in the list both as
 * a start and as an end, and the direction matters. A filler stands after each asked node and at the end.
 *
 * @throws UsageError for edges that do not fit
 */
export function graphLookupSequence(
  { vocabulary, tokens, edges }: GraphLookupSizes,
  random: Random,
): LabelledSequence {
  if (4 * edges > tokens)
    throw new UsageError(`graph-lookup: ${edges} edges need ${4 * edges} tokens or more; got ${tokens}`);
  if (edges >= vocabulary)
    throw new UsageError(`graph-lookup: ${edges} edges need a vocabulary > ${edges}; got ${vocabulary}`);
  const nodes = Array.from({ length: vocabulary - 1 }, (_, i) => i + 1);
  const starts = random.fork("starts").shuffled(nodes).slice(0, edges);
  const ends = random.fork("ends");
  // the list's own nodes alone, so that most of them are a start and an end
  const reached = starts.map((start) => {
    let end = start;
    while (end === start) end = ends.pick(starts);
    return end;
  });
  const symbols = new Int32Array(tokens);
  starts.forEach((start, i) => symbols.set([start, reached[i]!], 2 * i));
  const order = random.fork("asked").shuffled(Array.from(starts, (_, i) => i));
  const asked = order.map((edge, i) => {
    symbols[2 * edges + 2 * i] = starts[edge]!;
    return 2 * edges + 2 * i;
  });
  return {
    symbols,
    asked,
    answers: order.map((edge) => reached[edge]!),
    sources: order.map((edge) => 2 * edge + 1),
  };
}
