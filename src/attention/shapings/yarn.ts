import { int } from "../../core/params.ts";
import { defineShaping, scaleQueries } from "../shaping.ts";

/**
 * The attention temperature of YaRN. The source scales queries and keys by 0.1 ln f + 1 each, where f is the factor by
 * which a model's context was extended. Here f follows the keys that a query sees.
 */
export const yarn = defineShaping({
  name: "yarn",
  summary: "logits times (0.1 ln f + 1)^2, f = n / n_train (YaRN)",
  formula: "p = softmax((0.1 ln f + 1)^2 z), f = max(1, n / n_train), n the keys that the query sees",
  sources: [
    {
      title: "YaRN: Efficient Context Window Extension of Large Language Models",
      url: "https://arxiv.org/abs/2309.00071",
      where: "section 3.4",
    },
  ],
  differs: [
    "The factor follows the keys that a query sees; in the source it is the factor by which the model's context was extended.",
  ],
  params: {
    trained: int("keys up to which logits stay what they are", {
      default: 32768,
      min: 2,
      sweep: [4096, 32768, 131072],
    }),
  },
  shape: (queries, { trained }) =>
    scaleQueries(queries, (n) => (0.1 * Math.log(Math.max(1, n / trained)) + 1) ** 2),
});
