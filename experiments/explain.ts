/**
 * Which single change of the fitted reader moves GPT-5.4's scores to GPT-5.5's, and what does it cost?
 *
 * The reader is that of results/calibrate. Every variant that has a mean-field theory is tried, at its budgets too, and
 * beside them sharper logits, better keys, less residual noise and more reads. The ranking is the mean field's; full numerics
 * of the best three, and of no change, stand beside it.
 * Without --full: a handful of changes, few trials.
 */
import { experiment, study } from "../src/experiments.ts";

await experiment({
  name: "explain",
  question:
    "Which single change of the fitted reader moves GPT-5.4's scores to GPT-5.5's, and what does it cost?",
  answer: study("explain", {
    full: ["--trials", "40", "--confirm", "3", "--confirm-trials", "20"],
    part: ["--trials", "5", "--variant", "dsa,dsa(k=131072),oracle,moba,sink-window"],
  }),
});
