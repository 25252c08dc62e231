import { composeLayers, layer, repeat } from "../../layers.ts";
import { mla } from "../dense/mla.ts";
import { kda } from "../recurrent/kda.ts";

/** The layers of Kimi Linear: three of KDA, then one of MLA; 27 in all, the last of them MLA. */
export const kimiLinear = composeLayers(
  {
    name: "kimi-linear",
    summary: "20 layers of KDA and 7 of MLA (Kimi Linear 48B)",
    sources: [
      {
        title: "Kimi Linear: An Expressive, Efficient Attention Architecture",
        url: "https://arxiv.org/abs/2510.26692",
        where: "section 4: 3:1 hybrid",
      },
      {
        title: "moonshotai/Kimi-Linear-48B-A3B",
        url: "https://huggingface.co/moonshotai/Kimi-Linear-48B-A3B-Instruct",
        where: "config.json, linear_attn_config",
      },
    ],
  },
  [...repeat(6, [...repeat(3, [layer(kda)]), layer(mla)]), ...repeat(2, [layer(kda)]), layer(mla)],
);
