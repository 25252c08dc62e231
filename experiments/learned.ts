/**
 * Does the constructed reader predict what small trained transformers do?
 *
 * Small transformers are trained with a chosen attention: recall against width, hops against depth. The numbers of the
 * constructed reader are read off those that were trained on recall at 64 to 256 tokens. Then their attention is swapped
 * at up to 8K tokens, and what they lose stands beside what the constructed reader loses.
 * Without --full: 15 small readers, which train for 300 steps in the question of width, and lengths to 4K.
 */
import { experiment, study } from "../src/experiments.ts";

await experiment({
  name: "learned",
  question: "Does the constructed reader predict what small trained transformers do?",
  answer: study("learn", { full: ["--study", "full"], part: ["--study", "part"] }),
});
