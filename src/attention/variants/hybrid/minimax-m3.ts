import { composeLayers, layer, repeat } from "../../layers.ts";
import { dense } from "../dense/dense.ts";
import { msa } from "../dynamic/msa.ts";

/** The layers of MiniMax-M3: the first three dense, then sparse ones. */
export const minimaxM3 = composeLayers(
  {
    name: "minimax-m3",
    summary: "3 layers of full attention and 57 of MSA (MiniMax-M3)",
    sources: [
      {
        title: "MiniMax-M3",
        url: "https://huggingface.co/MiniMaxAI",
        where: "model card: 60 layers, the first 3 dense",
      },
    ],
  },
  [...repeat(3, [layer(dense)]), ...repeat(57, [layer(msa)])],
);
