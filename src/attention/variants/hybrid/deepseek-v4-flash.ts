import { composeLayers, layer, repeat } from "../../layers.ts";
import { csa } from "../hierarchical/csa.ts";
import { hca } from "../hierarchical/hca.ts";

/** The compressed layers of DeepSeek-V4 Flash: CSA, whose indexer keeps 512 entries, and HCA by turns. */
export const deepseekV4Flash = composeLayers(
  {
    name: "deepseek-v4-flash",
    summary: "21 layers of CSA and 20 of HCA (DeepSeek-V4 Flash)",
    differs: ["The model's first two layers, which read a window of 128 tokens, are left out."],
    sources: [
      {
        title: "DeepSeek-V4",
        url: "https://huggingface.co/deepseek-ai",
        where: "technical report and config.json, compress_ratios",
      },
    ],
  },
  [...repeat(20, [layer(csa, { k: 512 }), layer(hca)]), layer(csa, { k: 512 })],
);
