import { int } from "../../../core/params.ts";
import { readsEnds } from "../../mean-field/reads.ts";
import { costOfTokens } from "../../parts/costs.ts";
import { perHead } from "../../parts/per-head.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import { defineVariant } from "../../variant.ts";

/** Tokens of the chunk that the last of `tokens` stands in, up to it. */
const inChunk = (tokens: number, chunk: number): number => ((tokens - 1) % chunk) + 1;

/**
 * Chunked attention: a token attends within its chunk of 8192 tokens. The first token of a chunk reads itself alone, and
 * nothing of earlier chunks is kept.
 *
 * Llama 4, in three of four layers (attention_chunk_size 8192). Code huggingface/transformers 2ccc6ca,
 * masking_utils.py, chunked_overlay: a key is visible if floor(key / chunk) = floor(query / chunk).
 */
export const chunked = defineVariant({
  name: "chunked",
  family: "static",
  summary: "the tokens of the query's own chunk of 8192 (Llama 4)",
  formula:
    "S = {i : floor(i / chunk) = floor(position / chunk), i <= position}; o = sum_(i in S) p_i v_i, p = softmax over S",
  sources: [
    {
      title: "huggingface/transformers",
      url: "https://github.com/huggingface/transformers",
      where: "masking_utils.py, chunked_overlay; models/llama4/configuration_llama4.py, attention_chunk_size",
    },
  ],
  differs: ["Keys carry no positions; the source rotates those of chunked layers."],
  params: {
    chunk: int("tokens in a chunk", { default: 8192, min: 1, sweep: [1024, 2048, 4096, 8192, 16384] }),
  },
  prefill: "same",
  budgetParam: "chunk",
  small: { chunk: 64 },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, { chunk }) =>
    perHead(queries, cache, (read) => {
      const spans = new Spans(read.visible.length, (i, add) => {
        const end = read.visible[i]!;
        add(end - inChunk(end, chunk), end);
      });
      return softmaxRead({ ...read, spans }, ops);
    }),
  cost(shape, { chunk }) {
    const own = inChunk(shape.tokens, chunk);
    return costOfTokens(shape, own, own);
  },
  kernels: { "grouped-query": ({ chunk }) => ({ chunk }) },
  denseAt: ({ tokens }) => ({ chunk: tokens }),
  meanField: (crowd, { chunk }) => [readsEnds(crowd, 0, inChunk(crowd.tokens, chunk))],
});
