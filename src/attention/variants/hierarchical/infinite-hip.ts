import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { choice, int } from "../../../core/params.ts";
import type { RowLists } from "../../../core/tensor.ts";
import type { Ops } from "../../../engines/ops.ts";
import { prunes } from "../../mean-field/halving.ts";
import { probesOf } from "../../parts/halves.ts";
import type { Probe, Stage } from "../../parts/halves.ts";
import { before, readsAll, withLast } from "../../mean-field/reads.ts";
import { allLists, listAt, rowLists } from "../../parts/lists.ts";
import { tellListed } from "../../parts/choices.ts";
import { perHead } from "../../parts/per-head.ts";
import { bestListed } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import type { Read } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

interface PruningParams {
  readonly chunk: number;
  readonly keep: number;
  readonly sinks: number;
  readonly window: number;
  readonly probe: Probe;
}

/** The largest power of two up to n. */
const powerBelow = (n: number): number => 2 ** Math.floor(Math.log2(n));

/** Three stages. As in the source, chunks are 1, 1/8 and 1/32 of the first, and kept tokens 1, 1/4 and 1/16. */
function stagesOf({ chunk, keep }: PruningParams): Stage[] {
  const [first, kept] = [powerBelow(chunk), powerBelow(keep)];
  return [
    { chunk: first, keep: Math.max(first, kept) },
    { chunk: Math.max(1, first / 8), keep: Math.max(1, first / 8, kept / 4) },
    { chunk: Math.max(1, first / 32), keep: Math.max(1, first / 32, kept / 16) },
  ];
}

/** Tokens between the sinks and the window, in whole chunks from the sinks on; the rest joins the window. */
const middle = (visible: number, { sinks, window }: PruningParams, chunk: number): number =>
  Math.max(0, Math.floor((visible - sinks - window) / chunk) * chunk);

/** Keys that a query scores, and tokens that are left at the end. */
function pruning(visible: number, params: PruningParams): { scored: number; kept: number } {
  const stages = stagesOf(params);
  let kept = middle(visible, params, stages[0]!.chunk);
  let scored = 0;
  for (const { chunk, keep } of stages) {
    if (kept <= keep) continue;
    scored += (kept / chunk) * readsOfDescent(chunk);
    kept = keep;
  }
  return { scored, kept };
}

/** Keys read on the way down a chunk: one of each half, or the only key of a chunk of one. */
const readsOfDescent = (chunk: number): number => (chunk === 1 ? 1 : 2 * Math.log2(chunk));

/**
 * InfiniteHiP: three stages of pruning. A stage cuts its candidates into chunks, descends in each into the half whose
 * probed key scores higher, and keeps the chunks with the largest scores on the way.
 *
 * Lee et al. 2025, arXiv 2502.08910; code DeepAuto-AI/hip-attention. Defaults: chunks of 256, 32, 8; 32768, 8192, 2048
 * tokens kept; 256 sinks, a window of 1024. The code (v1_2/attention_extend.py, chunk_controllable_sampling_mask_cuda)
 * probes the key in the middle of each half, goes right on a tie, and scores a chunk by the largest probe on its way;
 * the paper's algorithm probes the first key of each half, of which the last winner is the largest. Used in prefill as
 * well.
 */
export const infiniteHip = defineVariant({
  name: "infinite-hip",
  family: "hierarchical",
  summary: "three stages of chunk pruning by descent to a representative key (InfiniteHiP)",
  formula: [
    "stage s: cut the candidates into chunks of c_s; in each, halve it and go to the half whose middle (or first) key has the larger q . k, to one key",
    "score(chunk) = largest q . k on the way; keep the best chunks, K_s tokens in all; c = chunk (1, 1/8, 1/32), K = keep (1, 1/4, 1/16)",
    "S = sinks, what the last stage keeps, window; o = sum_(i in S) p_i v_i, p = softmax over S",
  ].join("\n"),
  sources: [
    {
      title: "InfiniteHiP: Extending Language Model Context Up to 3 Million Tokens on a Single GPU",
      url: "https://arxiv.org/abs/2502.08910",
      where: "section 4, algorithm 1",
    },
    {
      title: "DeepAuto-AI/hip-attention",
      url: "https://github.com/DeepAuto-AI/hip-attention",
      where: "src/hip_attn/v1_2/attention_extend.py, chunk_controllable_sampling_mask_cuda",
    },
  ],
  differs: [
    "Each query chooses; the source shares a choice among a block of 64 queries.",
    "Rotary positions are not moved; keys here carry none.",
    "Sizes are rounded down to powers of two, and tokens beyond whole chunks join the window.",
  ],
  params: {
    chunk: int("tokens in a chunk of the first stage", { default: 256, min: 1, sweep: [64, 128, 256] }),
    keep: int("tokens kept by the first stage, 16 times those read", {
      default: 32768,
      min: 1,
      sweep: [8192, 16384, 32768, 65536],
    }),
    sinks: int("first tokens that are always read", { default: 256, min: 0 }),
    window: int("last tokens that are always read, the query's own included", { default: 1024, min: 1 }),
    probe: choice(
      "key of a half that is compared: middle, as in the code, or first, as in the paper",
      ["middle", "first"],
      { default: "middle" },
    ),
  },
  prefill: "same",
  budgetParam: "keep",
  small: { chunk: 32, keep: 64, sinks: 4, window: 20 },
  prepare: () => undefined,
  attend: ({ queries, cache, ops }, params) =>
    perHead(queries, cache, (read, _head, h) =>
      softmaxRead({ ...read, spans: pruned(read, h, params, ops) }, ops),
    ),
  cost(shape, params) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const { scored, kept } = pruning(tokens, params);
    const between = middle(tokens, params, stagesOf(params)[0]!.chunk);
    const read = kept + (tokens - between);
    return {
      flops: 2 * scored * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: read * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: 0,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: scored * kvHeads * headDim * bytesPerElement,
    };
  },
  denseAt: ({ tokens }) => ({ window: tokens }),
  meanField(crowd, params) {
    const stages = stagesOf(params);
    const between = middle(crowd.tokens, params, stages[0]!.chunk);
    if (between === 0) return [readsAll(crowd)];
    const pruned = prunes(before(crowd, crowd.tokens - between), { stages, between, probe: params.probe });
    const rest = withLast(crowd, pruned, crowd.tokens - between - params.sinks);
    return [{ ...rest, ...(params.sinks > 0 && { first: true }) }];
  },
});

/** The rows that each query row reads. */
function pruned(read: Read, head: number, params: PruningParams, ops: Ops): Spans {
  const { visible, queries, keys } = read;
  const stages = stagesOf(params);
  const between = visible.map((end) => middle(end, params, stages[0]!.chunk));
  // representatives' keys are read beside K and V, and count as index
  const table = { ...keys, kind: "index" } as const;
  const scoresOf = (lists: RowLists): ArrayLike<number> => ops.scoresAt(queries, table, lists);
  let starts = rowLists(
    Array.from(between, (tokens) =>
      range(tokens / stages[0]!.chunk).map((c) => params.sinks + c * stages[0]!.chunk),
    ),
  );
  let size = stages[0]!.chunk;
  for (const { chunk, keep } of stages) {
    starts = splitChunks(starts, size, chunk);
    size = chunk;
    const most = Math.floor(keep / chunk);
    // short lists are kept whole, without scores
    const lists = allLists(starts);
    const long = rowLists(lists.map((list) => (list.length > most ? list : [])));
    if (long.rows.length === 0) continue;
    const scores = descend(long, { chunk, probe: params.probe, scoresOf });
    const chunks = { ...long, rows: long.rows.map((start) => (start - params.sinks) / chunk) };
    tellListed(ops, chunks, scores, { unit: chunk, head, taken: most, first: params.sinks });
    const best = bestListed(long, scores, most);
    starts = rowLists(lists.map((list, i) => (list.length > most ? listAt(best, i) : list)));
  }
  return new Spans(visible.length, (i, add) => {
    const end = visible[i]!;
    add(0, Math.min(params.sinks, end));
    for (const start of listAt(starts, i)) add(start, start + size);
    add(Math.min(end, params.sinks + between[i]!), end);
  });
}

/** The largest score on the way down each chunk. @param starts first rows of chunks of `chunk` rows */
function descend(
  starts: RowLists,
  {
    chunk,
    probe,
    scoresOf,
  }: {
    readonly chunk: number;
    readonly probe: Probe;
    readonly scoresOf: (lists: RowLists) => ArrayLike<number>;
  },
): ArrayLike<number> {
  if (chunk === 1) return scoresOf(starts);
  let at = starts.rows;
  const best = new Float64Array(at.length).fill(-Infinity);
  for (let size = chunk; size >= 2; size /= 2) {
    const [left, right] = probesOf(probe, size);
    const lefts = scoresOf({ ...starts, rows: at.map((row) => row + left) });
    const rights = scoresOf({ ...starts, rows: at.map((row) => row + right) });
    for (let c = 0; c < best.length; c++) best[c] = Math.max(best[c]!, lefts[c]!, rights[c]!);
    at = at.map((row, c) => (lefts[c]! > rights[c]! ? row : row + size / 2));
  }
  return best;
}

/** Chunks of `size` rows cut into chunks of `into`. */
const splitChunks = (starts: RowLists, size: number, into: number): RowLists =>
  size === into
    ? starts
    : rowLists(
        allLists(starts).map((list) =>
          [...list].flatMap((start) => range(size / into).map((c) => start + c * into)),
        ),
      );

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
