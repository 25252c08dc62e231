import { composeLayers, layer, repeat } from "../../layers.ts";
import { mla } from "../dense/mla.ts";
import { kda } from "../recurrent/kda.ts";

/** The layers of Kimi K3: three of KDA, then one of MLA, and a last one of MLA. */
export const kimiK3 = composeLayers(
  {
    name: "kimi-k3",
    summary: "69 layers of KDA and 24 of MLA (Kimi K3)",
    sources: [
      {
        title: "Kimi K3",
        url: "https://huggingface.co/moonshotai",
        where: "model card: 69 KDA and 24 MLA layers",
      },
    ],
  },
  [...repeat(23, [...repeat(3, [layer(kda)]), layer(mla)]), layer(mla)],
);
