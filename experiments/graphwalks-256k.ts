/**
 * How many bytes must a decode step read to walk a graph of 256K tokens?
 *
 * Every variant that selects what it reads, at four sizes of its selection, beside dense attention.
 * Without --full: two graphs of 32K tokens.
 */
import { experiment, trials } from "../src/experiments.ts";

const settings = [
  ...[256, 1024, 4096, 16384].map((k) => `oracle(k=${k})`),
  ...[256, 1024, 4096, 16384].map((k) => `dsa(k=${k})`),
  ...[256, 1024, 4096, 16384].map((budget) => `quest(budget=${budget})`),
  ...[2, 4, 12, 32].map((k) => `moba(k=${k})`),
  ...[8, 16, 64, 256].map((selected) => `nsa(selected=${selected})`),
  ...[16, 64, 256, 1024].map((beam) => `tree(beam=${beam})`),
];

await experiment({
  name: "graphwalks-256k",
  question: "How many bytes must a decode step read to walk a graph of 256K tokens?",
  answer: trials({
    *make({ full, trial }) {
      const tokens = full ? "256K" : "32K";
      for (const operation of ["bfs", "parents"])
        for (let n = 0; n < (full ? 10 : 2); n++)
          for (const variant of ["dense", ...settings])
            yield trial({ task: `graphwalks(operation=${operation})`, variant, tokens, trial: n });
    },
  }),
});
