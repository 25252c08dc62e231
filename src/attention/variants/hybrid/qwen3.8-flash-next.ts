import { composeLayers, layer, repeat } from "../../layers.ts";
import { qsa } from "../dynamic/qsa.ts";
import { gatedDeltanet } from "../recurrent/gated-deltanet.ts";

/** The layers of Qwen3.8-Flash-Next: three of Gated DeltaNet, then one of QSA. */
export const qwen38FlashNext = composeLayers(
  {
    name: "qwen3.8-flash-next",
    summary: "36 layers of Gated DeltaNet and 12 of QSA (Qwen3.8-Flash-Next)",
    sources: [
      {
        title: "huggingface/transformers",
        url: "https://github.com/huggingface/transformers",
        where: "models/qwen4_exp/modular_qwen4_exp.py, Qwen4ExpTextConfig (full_attention_interval 4)",
      },
      {
        title: "[RFC] Qwen3.8-Flash-Next",
        url: "https://github.com/sgl-project/sglang-jax/issues/1655",
        where: "section 1.1: 48 layers, 36 of Gated DeltaNet and 12 of QSA",
      },
    ],
  },
  repeat(12, [...repeat(3, [layer(gatedDeltanet)]), layer(qsa)]),
);
