/**
 * Which reader has GPT-5.4's scores, and what does it do on columns that it was not fitted to?
 *
 * Three numbers are fitted to six columns in the mean field; eight columns are left out. Full numerics then run all of
 * them at the fitted point: 60 trials a column, fewer of the longest.
 * Without --full: few trials, in the mean field alone.
 */
import { experiment, study } from "../src/experiments.ts";

await experiment({
  name: "calibrate",
  question: "Which reader has GPT-5.4's scores, and what does it do on columns that it was not fitted to?",
  answer: study("calibrate", {
    full: ["--trials", "100", "--confirm-trials", "60", "--confirm-tokens", "24M"],
    part: ["--trials", "10", "--starts", "1", "--no-confirm"],
  }),
});
