/**
 * Do full numerics walk graphs as the model's prototypes did?
 *
 * The prototypes drew keys for a graph without a text: dense attention falls from .95 (128K, depth 3) to .82 (256K,
 * depth 4) and .00 (1M), while the best 2,048 tokens hold 1.0, .90, .98, and tokens chosen by an index, by block means
 * or by page bounds stay between .80 and .95. Here every part is real: text, tokens, codes, selection.
 * Without --full: one graph of 32K tokens, depth 3.
 */
import { experiment } from "../src/index.ts";

const variants = [
  "dense",
  "oracle(k=2048)",
  "dsa(k=2048)",
  "moba(block=64,k=32)",
  "quest(page=16,budget=2048)",
];

const cells = [
  { tokens: "128K", depth: 3, graphs: 20 },
  { tokens: "256K", depth: 4, graphs: 20 },
  { tokens: "1M", depth: 4, graphs: 5 },
];

await experiment({
  name: "prototypes",
  question: "Do full numerics walk graphs as the model's prototypes did?",
  *trials({ full, trial }) {
    for (const { tokens, depth, graphs } of full ? cells : [{ tokens: "32K", depth: 3, graphs: 1 }])
      for (let n = 0; n < graphs; n++)
        for (const variant of variants)
          yield trial({
            task: `graphwalks(depth=${depth})`,
            variant,
            tokens,
            trial: n,
            reader: { sharpness: 1.2 },
          });
  },
});
