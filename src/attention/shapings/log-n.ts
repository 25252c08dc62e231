import { int } from "../../core/params.ts";
import { defineShaping, scaleQueries } from "../shaping.ts";

/**
 * The growth of Scalable-Softmax, with unchanged logits at the trained length, so that it can be compared with `none`
 * at equal sharpness.
 */
export const logN = defineShaping({
  name: "log-n",
  summary: "logits times ln n / ln n_train",
  formula: "p = softmax(z ln n / ln n_train), n the keys that the query sees",
  sources: [
    {
      title: "Overcoming a Theoretical Limitation of Self-Attention",
      url: "https://arxiv.org/abs/2202.12172",
      where: "section 5.3",
    },
  ],
  params: {
    trained: int("keys at which logits stay what they are", {
      default: 32768,
      min: 2,
      sweep: [4096, 32768, 131072],
    }),
  },
  shape: (queries, { trained }) => scaleQueries(queries, (n) => Math.log(n) / Math.log(trained)),
});
