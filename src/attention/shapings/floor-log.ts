import { int, real } from "../../core/params.ts";
import { defineShaping, scaleQueries } from "../shaping.ts";

/**
 * The temperature of Llama 4's layers without rotary positions: queries grow with the logarithm of the chunks that lie
 * before them. The released 16E models have it (attn_temperature_tuning); the 128E model's configuration leaves it to its
 * class, which has it too.
 */
export const floorLog = defineShaping({
  name: "floor-log",
  summary: "logits times 1 + s ln(1 + floor(n / f)) (Llama 4)",
  formula: "p = softmax((1 + s ln(1 + floor(n / f))) z), n the keys that the query sees",
  sources: [
    {
      title: "huggingface/transformers",
      url: "https://github.com/huggingface/transformers",
      where:
        "models/llama4/modeling_llama4.py, Llama4TextAttention (000c33f): attn_scale 0.1, floor_scale 8192",
    },
    { title: "Scalable-Softmax Is Superior for Attention", url: "https://arxiv.org/abs/2501.19399" },
  ],
  params: {
    s: real("growth with the logarithm", { default: 0.1, min: 0, max: 10, sweep: [0, 0.1, 0.5] }),
    f: int("keys of a step", { default: 8192, min: 1, sweep: [1024, 8192, 65536] }),
  },
  shape: (queries, { s, f }) => scaleQueries(queries, (n) => 1 + s * Math.log(1 + Math.floor(n / f))),
});
