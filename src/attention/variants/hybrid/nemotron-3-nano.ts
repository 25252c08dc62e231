import { composeLayers, layer } from "../../layers.ts";
import type { Layer } from "../../variant.ts";
import { dense } from "../dense/dense.ts";
import { mamba2 } from "../recurrent/mamba-2.ts";

/** hybrid_override_pattern of its config.json: M Mamba-2, * attention, E experts, which are no layer of attention. */
const pattern = "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME";

const layerOf: Readonly<Record<string, Layer>> = { M: layer(mamba2), "*": layer(dense) };

/** The layers of Nemotron 3 Nano that attend or keep a state, in their order. */
export const nemotron3Nano = composeLayers(
  {
    name: "nemotron-3-nano",
    summary: "23 layers of Mamba-2 and 6 of full attention (Nemotron 3 Nano 30B)",
    differs: ["The model's 23 layers of experts alone are left out."],
    sources: [
      {
        title: "nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16",
        url: "https://huggingface.co/nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16",
        where: "config.json, hybrid_override_pattern",
      },
    ],
  },
  Array.from(pattern).flatMap((kind) => layerOf[kind] ?? []),
);
