import { lookup } from "../../../core/lookup.ts";
import type { Keys } from "../keys.ts";

const encoder = "it is an encoder, which keeps no cache";
const both = "it is an encoder and a decoder, whose cache has K and V of both";
const diffusion = "it is a diffusion model, which denoises all tokens of a block at once";
const draft = "it is a draft head of another model and no model by itself";
const rwkv = "its layers are of RWKV: a state with token shift, which no layer here has";
const loops = "its layers run several times for a token, each time with a cache of its own";
const betweenLayers =
  "layers that attend to images or proteins stand between its own, with weights of their own";
const codebooks =
  "it reads and writes several codebooks of sound at once, with a second transformer for each step";

const named = (types: string, reason: string): Record<string, string> =>
  Object.fromEntries(types.split(" ").map((type) => [type, reason]));

/** Families that are known and not read, with the reason. */
export const refusedFamilies: Readonly<Record<string, string>> = lookup({
  ...named("rwkv rwkv5 rwkv6 rwkv7", rwkv),
  recurrent_gemma:
    "its recurrent layers (block_types) are gated linear recurrences of one number a channel, which no layer here has",
  hrm_text: loops,
  ouro: loops,
  doge: "a mask that each key computes chooses the keys that a query sees, which no layer here has",
  blt: "it reads bytes through three transformers, whose caches have lengths of their own",
  cpmant: "its positions are segments of a prompt, which no layer here has",
  pi0: "it is a policy of a robot: a second transformer denoises its actions",
  ...named("idefics evolla", betweenLayers),
  ...named("moshi kyutai_speech_to_text musicgen musicgen_melody csm dia bark", codebooks),
  jetmoe: "its attention is a mixture of experts too: each token chooses the projections of its queries",
  ...named(
    "hymba phi4flash nemotron_flash",
    "its layers mix attention and states in ways that no layer here has",
  ),
  ...named(
    "llada llada_moe dream diffucoder sdar llada2_moe diffusion_gemma diffusion_gemma_text",
    diffusion,
  ),
  ...named("eagle eagle3 medusa mlp_speculator deepseek_mtp mimo_mtp", draft),
  ...named("gemma4_assistant gemma4_unified_assistant", draft),
  ...named(
    "t5 mt5 umt5 longt5 t5gemma switch_transformers bart mbart pegasus led marian blenderbot prophetnet m2m_100 fsmt",
    both,
  ),
  ...named(
    "nllb-moe whisper speech_to_text seamless_m4t seamless_m4t_v2 moonshine florence2 vision-encoder-decoder",
    both,
  ),
  ...named(
    "bert roberta xlm-roberta camembert electra albert distilbert deberta deberta-v2 mpnet nomic_bert new",
    encoder,
  ),
  ...named(
    "bert-generation data2vec-text megatron-bert rembert roberta-prelayernorm roc_bert roformer xlm-roberta-xl xmod git",
    encoder,
  ),
  ...named(
    "xlnet reformer transfo-xl trocr speech2text_2 bigbird_pegasus plbart mvp",
    "it is older than decoders that keep keys and values of every token",
  ),
  ...named(
    "modernbert neobert eurobert xlm longformer big_bird ernie nystromformer funnel mobilebert layoutlm layoutlmv3",
    encoder,
  ),
  ...named(
    "clip clip_text_model siglip siglip2 vit dinov2 dinov3_vit wav2vec2 hubert sam esm blip chinese_clip",
    encoder,
  ),
});

/** Keys whose value says that no family reads the file, with the values that do and the reason. */
const refusedKeys: readonly (readonly [key: string, isRefused: (keys: Keys) => boolean, reason: string])[] = [
  ["is_encoder_decoder", (keys) => keys.isTrue("is_encoder_decoder"), both],
  ["draft_vocab_size", (keys) => keys.isOn("draft_vocab_size"), draft],
  ["speculators_model_type", (keys) => keys.isOn("speculators_model_type"), draft],
  ...["total_ut_steps", "num_loops", "loop_num"].map(
    (key) => [key, (keys: Keys) => keys.isOn(key) && keys.count(key).value > 1, loops] as const,
  ),
];

/** First key of these objects that says that no family reads the file, and the reason. */
export const refusedKeyIn = (
  objects: readonly Keys[],
): { readonly key: string; readonly reason: string } | undefined => {
  const found = refusedKeys.find(([, isRefused]) => objects.some(isRefused));
  return found && { key: found[0], reason: found[2] };
};
