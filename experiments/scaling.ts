/**
 * How does the time of a query grow with the context, and does it follow the bytes that are read?
 *
 * K and V are random normal numbers, four kv heads of 128 numbers, and a query stands at the last position: what a
 * query costs depends on the content only through what is selected. Times are this machine's, so that no two runs have
 * the same data.csv.
 * Without --full: up to 64K tokens.
 */
import { experiment, times } from "../src/experiments.ts";

await experiment({
  name: "scaling",
  question: "How does the time of a query grow with the context, and does it follow the bytes that are read?",
  answer: times({
    variants: ["dense", "sink-window", "quest", "moba", "dsa", "nsa", "tree", "snapkv"],
    lengths: (full) => Array.from({ length: full ? 9 : 5 }, (_, i) => 4096 * 2 ** i),
  }),
});
