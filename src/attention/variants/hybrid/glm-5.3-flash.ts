import { composeLayers, layer, repeat } from "../../layers.ts";
import { pooledDsa } from "../dynamic/pooled-dsa.ts";
import { kda } from "../recurrent/kda.ts";

/** The layers of GLM-5.3-Flash: three of KDA, then one of pooled DSA; 45 in all, the last of them KDA. */
export const glm53Flash = composeLayers(
  {
    name: "glm-5.3-flash",
    summary: "34 layers of KDA and 11 of pooled DSA (GLM-5.3-Flash)",
    sources: [
      {
        title: "huggingface/transformers",
        url: "https://github.com/huggingface/transformers",
        where:
          "models/glm5_next/modular_glm5_next.py, Glm5NextTextConfig: 45 layers, KDA unless layer % 4 = 3",
      },
    ],
  },
  [...repeat(11, [...repeat(3, [layer(kda)]), layer(pooledDsa)]), layer(kda)],
);
