import { composeLayers, layer, repeat } from "../../layers.ts";
import { dense } from "../dense/dense.ts";
import { gatedDeltanet } from "../recurrent/gated-deltanet.ts";

/** The layers of Qwen3-Next: three of Gated DeltaNet, then one of grouped-query attention. */
export const qwen3Next = composeLayers(
  {
    name: "qwen3-next",
    summary: "36 layers of Gated DeltaNet and 12 of full attention (Qwen3-Next 80B)",
    sources: [
      {
        title: "Qwen/Qwen3-Next-80B-A3B-Instruct",
        url: "https://huggingface.co/Qwen/Qwen3-Next-80B-A3B-Instruct",
        where: "model card: 12 x (3 x Gated DeltaNet, 1 x gated attention)",
      },
    ],
  },
  repeat(12, [...repeat(3, [layer(gatedDeltanet)]), layer(dense)]),
);
