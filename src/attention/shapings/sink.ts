import { real } from "../../core/params.ts";
import { defineShaping } from "../shaping.ts";

/**
 * An attention sink without a value: gpt-oss learns its logit for each head; 0 is the fixed one of softmax-off-by-one.
 */
export const sink = defineShaping({
  name: "sink",
  summary: "a logit without a value takes part in the softmax",
  formula: "p_i = e^z_i / (e^sink + sum_j e^z_j)",
  sources: [
    {
      title: "gpt-oss-120b & gpt-oss-20b Model Card",
      url: "https://arxiv.org/abs/2508.10925",
      where: "section 2.2",
    },
    { title: "Attention Is Off By One", url: "https://www.evanmiller.org/attention-is-off-by-one.html" },
  ],
  differs: ["The logit is a parameter; gpt-oss learns it for each head."],
  params: { logit: real("logit of the sink", { default: 0, sweep: [-5, 0, 5, 10] }) },
  sinks: true,
  shape: (queries, { logit }) => ({ ...queries, sinkLogit: logit }),
});
