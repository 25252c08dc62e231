import { composeLayers, layer, repeat } from "../../layers.ts";
import { dense } from "../dense/dense.ts";
import { sinkWindow } from "../static/sink-window.ts";

const local = layer(sinkWindow, { sinks: 0, window: 1024 });

/** The layers of Gemma 3 27B: five local ones, then a global one, and two local ones at the end. */
export const gemma3 = composeLayers(
  {
    name: "gemma-3",
    summary: "52 layers of a 1024-token window and 10 of full attention (Gemma 3 27B)",
    sources: [
      {
        title: "Gemma 3 Technical Report",
        url: "https://arxiv.org/abs/2503.19786",
        where: "section 2 (5:1 interleaving, local span 1024)",
      },
      {
        title: "huggingface/transformers",
        url: "https://github.com/huggingface/transformers",
        where:
          "models/gemma3/configuration_gemma3.py (sliding_window_pattern 6; 62 layers of google/gemma-3-27b)",
      },
    ],
  },
  [...repeat(10, [...repeat(5, [local]), layer(dense)]), local, local],
);
