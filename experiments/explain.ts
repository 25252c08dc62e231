/**
 * Which single change of the fitted reader moves GPT-5.4's scores to GPT-5.5's, and what does it cost?
 *
 * The reader comes from results/calibrate. The changes are every variant that has a mean field, at its budgets too, sharper
 * logits, better keys, less residual noise and more reads. The mean field ranks them; full numerics of the best three, and of
 * no change, stand beside it.
 * Without --full: five variants, five trials a column.
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
