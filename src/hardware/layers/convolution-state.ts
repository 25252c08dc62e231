import { from } from "../../core/units.ts";
import type { FixedBytes } from "./layer.ts";

/**
 * Bytes of each input that a convolution keeps. llama.cpp holds them in float32; vLLM and SGLang hold them in the model's
 * own type unless they are told otherwise (vllm/model_executor/layers/mamba/mamba_utils.py, `_mamba_state_dtype`).
 */
const element = from({
  title: "ggml-org/llama.cpp",
  url: "https://github.com/ggml-org/llama.cpp/blob/01b77b5793989e0a1508a2fe3757d4e743a7bbd1/src/llama-hparams.cpp",
})(4, "B", { where: "n_embd_r: (kernel - 1) x channels, float32" });

/** A causal convolution keeps its last `kernel - 1` inputs of each channel. */
export const convolutionState = (kernel: number, channels: number): FixedBytes => ({
  convolution: (kernel - 1) * channels * element.value,
  state: 0,
});
