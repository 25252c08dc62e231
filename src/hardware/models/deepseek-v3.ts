import { from } from "../../core/units.ts";
import type { Model } from "../model.ts";

const report = { title: "DeepSeek-V3 technical report", url: "https://arxiv.org/abs/2412.19437" };
const config = {
  title: "DeepSeek-V3, config.json",
  url: "https://huggingface.co/deepseek-ai/DeepSeek-V3/blob/main/config.json",
};
const count = (value: number) => from(config)(value, "1");

/** DeepSeek-V3 and R1, which share their dimensions. */
export const deepseekV3 = {
  name: "deepseek-v3",
  summary: "mixture of 256 experts, latent attention (512 + 64); R1 has the same dimensions",
  sources: [report, config],
  hidden: count(7168),
  vocabulary: count(129_280),
  attention: [
    {
      kind: "latent",
      layers: count(61),
      queryHeads: count(128),
      queryRank: count(1536),
      latent: count(512),
      rope: count(64),
      keyDim: count(128),
      valueDim: count(128),
    },
  ],
  feedForward: [
    { kind: "dense", layers: count(3), intermediate: count(18_432) },
    {
      kind: "mixture",
      layers: count(58),
      experts: count(256),
      perToken: count(8),
      shared: count(2048),
      intermediate: count(2048),
    },
  ],
  published: {
    parameters: from(report)(671e9, "1", { where: "abstract" }),
    active: from(report)(37e9, "1", { where: "abstract" }),
  },
} satisfies Model;
