/**
 * Which conclusions about accuracy hold where a match stands out less?
 *
 * The margin is the logit of a match in standard deviations of a random key's logit. A trained reader's can be far below
 * the default reader's 11. Heads become smaller, and more of them keep the width; sharpness holds dense attention's curve
 * on each task as near to the default reader's as it can. A second way, keys that follow their codes less, says how near
 * it comes. Without --full: three problems a cell.
 */
import { experiment, judgeMargins, marginSteps, tables } from "../src/experiments.ts";

await experiment({
  name: "margins",
  question: "Which conclusions about accuracy hold where a match stands out less?",
  answer: tables({
    steps: marginSteps,
    make: ({ full, onStep }) =>
      judgeMargins(
        { held: { lengths: ["64K", "256K", "1M"], problems: full ? 8 : 2 }, problems: full ? 20 : 3 },
        onStep,
      ),
  }),
});
