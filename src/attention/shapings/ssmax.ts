import { real } from "../../core/params.ts";
import { defineShaping, scaleQueries } from "../shaping.ts";

/**
 * Scalable-Softmax: a reader of sharpness g becomes one of sharpness g s ln n at every length. s is learned in the
 * source; .43 is the value of its figure 1.
 */
export const ssmax = defineShaping({
  name: "ssmax",
  summary: "logits times s ln n (Scalable-Softmax)",
  formula: "p = softmax(s ln(n) z), n the keys that the query sees",
  sources: [
    {
      title: "Scalable-Softmax Is Superior for Attention",
      url: "https://arxiv.org/abs/2501.19399",
      where: "section 3, figure 1",
    },
  ],
  differs: ["s is one number; the source learns it for each head."],
  params: { s: real("the factor beside ln n", { default: 0.43, min: 0, sweep: [0.1, 0.2, 0.43, 1] }) },
  shape: (queries, { s }) => scaleQueries(queries, (n) => s * Math.log(n)),
});
