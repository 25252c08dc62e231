import { from } from "../../core/units.ts";
import type { Model } from "../model.ts";

const report = { title: "The Llama 3 herd of models", url: "https://arxiv.org/abs/2407.21783" };
const config = {
  title: "Llama 3.1 405B, config.json",
  url: "https://huggingface.co/meta-llama/Llama-3.1-405B/blob/main/config.json",
};
const count = (value: number) => from(config)(value, "1");

export const llama31Of405b: Model = {
  name: "llama-3.1-405b",
  summary: "dense, grouped-query attention, 8 kv heads of 128",
  sources: [report, config],
  hidden: count(16384),
  vocabulary: count(128_256),
  attention: [
    {
      kind: "grouped-query",
      layers: count(126),
      queryHeads: count(128),
      kvHeads: count(8),
      headDim: count(128),
    },
  ],
  feedForward: [{ kind: "dense", layers: count(126), intermediate: count(53_248) }],
  published: {
    parameters: from(report)(405e9, "1", { where: "abstract" }),
    active: from(report)(405e9, "1", { where: "abstract" }),
  },
};
