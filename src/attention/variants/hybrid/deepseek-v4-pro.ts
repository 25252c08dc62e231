import { composeLayers, layer, repeat } from "../../layers.ts";
import { csa } from "../hierarchical/csa.ts";
import { hca } from "../hierarchical/hca.ts";

/** The layers of DeepSeek-V4 Pro: one of HCA, then HCA and CSA by turns. */
export const deepseekV4Pro = composeLayers(
  {
    name: "deepseek-v4-pro",
    summary: "30 layers of CSA and 31 of HCA (DeepSeek-V4 Pro)",
    sources: [
      {
        title: "DeepSeek-V4",
        url: "https://huggingface.co/deepseek-ai",
        where: "technical report and config.json, compress_ratios",
      },
    ],
  },
  [layer(hca), ...repeat(30, [layer(hca), layer(csa)])],
);
