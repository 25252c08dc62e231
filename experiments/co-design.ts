/**
 * Which attention turns the memory and the links of a rack into accuracy at a million tokens?
 *
 * A step reads a user's cache from HBM. Where the cache is spread over the 72 GPUs of a rack, the GPUs exchange the heads'
 * outputs (Helix) or gather the rows that were chosen. Accuracy is the mean field's, costs are those of DeepSeek-V3's
 * dimensions, in fp8. Two more questions: the cost of choosing in pieces of one token to 4,096, and what a GB300 adds to a
 * GB200. Without --full: eight problems a score.
 */
import { coDesign, experiment, tables } from "../src/experiments.ts";
import { catalog } from "../src/index.ts";

const variants = [
  "dense",
  "dense+yarn",
  ...[512, 2048, 8192, 32_768].map((k) => `dsa(k=${k})`),
  ...[512, 2048, 8192].map((k) => `oracle(k=${k})`),
  "moba(block=64,k=32)",
  "moba(block=512,k=8)",
  "moba(block=4096,k=12)",
  "sink-window",
];
const blocks = [1, 16, 64, 256, 1024, 4096];

await experiment({
  name: "co-design",
  question: "Which attention turns the memory and the links of a rack into accuracy at a million tokens?",
  answer: tables({
    steps: () => variants.length + blocks.length,
    make: ({ full, onStep }) =>
      coDesign(
        {
          model: catalog.models.get("deepseek-v3"),
          systems: ["gb200-nvl72", "gb300-nvl72"].map((name) => catalog.systems.get(name)),
          users: 64,
          tokens: 2 ** 20,
          variants,
          read: 4096,
          blocks,
          onRacks: ["dense", "dsa", "moba"],
          problems: full ? 60 : 8,
        },
        onStep,
      ),
  }),
});
