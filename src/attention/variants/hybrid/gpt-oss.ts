import { composeLayers, layer, repeat } from "../../layers.ts";
import { sink } from "../../shapings/sink.ts";
import { dense } from "../dense/dense.ts";
import { sinkWindow } from "../static/sink-window.ts";

/** The learned sink of each head, at logit 0. */
const sunk = { shaping: sink, params: { logit: 0 }, text: sink.name };

/** The layers of gpt-oss-120b: a 128-token window and full attention by turns, all with a sink logit. */
export const gptOss = composeLayers(
  {
    name: "gpt-oss",
    summary: "18 layers of a 128-token window and 18 of full attention, with sink logits (gpt-oss-120b)",
    sources: [
      {
        title: "gpt-oss-120b & gpt-oss-20b Model Card",
        url: "https://arxiv.org/abs/2508.10925",
        where: "section 2.2",
      },
      { title: "openai/gpt-oss", url: "https://github.com/openai/gpt-oss", where: "gpt_oss/torch/model.py" },
    ],
  },
  repeat(18, [layer(sinkWindow, { sinks: 0, window: 128 }, sunk), layer(dense, {}, sunk)]),
);
