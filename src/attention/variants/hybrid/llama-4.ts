import { composeLayers, layer, repeat } from "../../layers.ts";
import { resolveParams } from "../../../core/params.ts";
import { floorLog } from "../../shapings/floor-log.ts";
import { dense } from "../dense/dense.ts";
import { chunked } from "../static/chunked.ts";

/** The temperature of the layers without rotary positions. */
const tempered = {
  shaping: floorLog,
  params: resolveParams(floorLog.name, floorLog.params),
  text: floorLog.name,
};

/** The layers of Llama 4 Scout and Maverick (iRoPE): three of chunked attention, then a global one. */
export const llama4 = composeLayers(
  {
    name: "llama-4",
    summary: "36 layers of chunks of 8192 and 12 of full attention with a temperature (Llama 4)",
    sources: [
      {
        title: "huggingface/transformers",
        url: "https://github.com/huggingface/transformers",
        where:
          "models/llama4/configuration_llama4.py (no_rope_layer_interval 4, attention_chunk_size 8192, attn_temperature_tuning)",
      },
      {
        title: "meta-llama/Llama-4-Maverick-17B-128E-Instruct",
        url: "https://huggingface.co/meta-llama/Llama-4-Maverick-17B-128E-Instruct",
        where: "config.json: 48 layers, attention_chunk_size 8192",
      },
    ],
  },
  repeat(12, [...repeat(3, [layer(chunked)]), layer(dense, {}, tempered)]),
);
