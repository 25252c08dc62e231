import { attentionFlops, keyValueBytes } from "../../../core/cost.ts";
import { upperTail } from "../../../core/normal.ts";
import { int } from "../../../core/params.ts";
import { mean } from "../../../core/stats.ts";
import type { Ops, Space, Table } from "../../../engines/ops.ts";
import {
  blockSum,
  blockVariance,
  byPlace,
  chooseBlocks,
  meanScores,
  shareOfBlocks,
} from "../../mean-field/blocks.ts";
import type { Held } from "../../mean-field/blocks.ts";
import { kinOf, memberWeight, sumOverRandom } from "../../mean-field/crowd.ts";
import { atPlace, readsEnds } from "../../mean-field/reads.ts";
import { allLists, rowLists } from "../../parts/lists.ts";
import { together } from "../../parts/mixtures.ts";
import { perHead } from "../../parts/per-head.ts";
import { meanIndex, selectTop, tokensOfUnits, unitSpans, unitsBefore } from "../../parts/select.ts";
import { softmaxRead } from "../../parts/softmax-read.ts";
import { Spans } from "../../parts/spans.ts";
import type { Read, HeadResult } from "../../read.ts";
import { defineVariant } from "../../variant.ts";

/**
 * Landmark attention: the last token of each block, its landmark, stands for it. A query gives weight to the landmarks
 * of its best blocks and to the tokens of its own block. The tokens of a block share its landmark's weight by another
 * softmax.
 *
 * Mohtashami and Jaggi 2023, arXiv 2305.16300; code epfml/landmark-attention. Defaults: blocks of 50, top 4. Used in
 * training and prefill as well.
 */
export const landmark = defineVariant({
  name: "landmark",
  family: "hierarchical",
  summary: "a landmark for each block gates its tokens; the best blocks are read (landmark attention)",
  formula: [
    "l_b = q . mean(keys of block b) / sqrt d; S = the k whole blocks of largest l before the query's own",
    "G = softmax over the logits of the own block's tokens and l_b, b in S",
    "o = sum over own tokens of G_i v_i + sum over b in S of G_b sum_(i in b) softmax_b(z)_i v_i",
  ].join("\n"),
  sources: [
    {
      title: "Landmark Attention: Random-Access Infinite Context Length for Transformers",
      url: "https://arxiv.org/abs/2305.16300",
      where: "section 3, grouped softmax",
    },
    { title: "epfml/landmark-attention", url: "https://github.com/epfml/landmark-attention" },
  ],
  differs: [
    "A landmark's key is the mean of its block's keys; the source learns it.",
    "A query's local context is its own block; the source retrieves across windows that it processes one after another.",
  ],
  params: {
    block: int("tokens in a block", { default: 50, min: 1, sweep: [16, 50, 64, 128] }),
    k: int("blocks read beside the query's own", { default: 4, min: 0, sweep: [2, 4, 8, 16, 32] }),
  },
  prefill: "same",
  budgetParam: "k",
  small: { block: 16, k: 3 },
  prepare: ({ heads }, { block }, ops) => heads.map(({ keys }) => meanIndex(keys, block, block, ops)),
  attend: ({ queries, cache, index: landmarks, ops }, { block, k }) =>
    perHead(queries, cache, (read, { space }, h) =>
      grouped({ read, landmarks: landmarks[h]!, head: h, space, ops }, block, k),
    ),
  cost(shape, { block, k }) {
    const { tokens, kvHeads, queryHeads, headDim, bytesPerElement } = shape;
    const before = Math.floor((tokens - 1) / block);
    const chosen = Math.min(before, k);
    const read = tokensOfUnits(tokens, block, k + 1);
    const keyBytes = kvHeads * headDim * bytesPerElement;
    const scored = k === 0 ? 0 : before;
    return {
      flops: 2 * scored * queryHeads * headDim + attentionFlops(shape, read),
      exponentials: (read + chosen) * queryHeads,
      keptBytes: keyValueBytes(shape, tokens),
      indexKeptBytes: Math.ceil(tokens / block) * keyBytes,
      kvReadBytes: keyValueBytes(shape, read),
      indexReadBytes: scored * keyBytes,
    };
  },
  denseAt: ({ tokens }) => ({ block: tokens, k: 0 }),
  meanField(crowd, { block, k }) {
    const blocks = Math.floor((crowd.tokens - 1) / block);
    const own = crowd.tokens - blocks * block;
    if (k === 0 || blocks === 0) return [readsEnds(crowd, 0, own)];
    const { sharpness: g, headDim, fidelity: rho } = crowd;
    const scores = meanScores(crowd, block);
    const { kin, random, least } = chooseBlocks(crowd, { block, k, blocks }, scores);
    const variance = blockVariance(crowd, block);
    const spread = g * Math.sqrt(variance / block);
    // exponentials of the own block's logits, and of landmarks of blocks without and with records like the query's
    const ownSum = sumOverRandom(crowd, own, 1) + Math.min(own, crowd.asking) * memberWeight(crowd, 1);
    const others = random * Math.exp((spread * spread) / 2) * upperTail(least - spread);
    // the length of a code varies by 1 / sqrt(2 d): the mean of a longer and a shorter code
    const lengths = [-1, 1].map((z) => 1 + z / Math.sqrt(2 * headDim));
    const each = lengths.map((length) => {
      const weightOf = (held: Held): number =>
        Math.exp((g * length * blockSum(crowd, block, variance, held).mean) / block);
      let sum = ownSum + others;
      const weights = kinOf(crowd).map(({ similarity }, i) => {
        for (const held of kin[i]!) sum += held.count * held.read * weightOf({ ...held, similarity });
        // within its block a match stands beside others, and tokens of any record
        const match = Math.exp(g * rho * similarity * Math.sqrt(headDim) * length);
        const besides = ({ anchors, members }: Held): number =>
          members * memberWeight(crowd, similarity * length) +
          (block - anchors - members) * Math.exp((g * g) / 2);
        return byPlace(kin[i]!, (held) => {
          const own = { ...held, similarity };
          return (weightOf(own) * match) / (held.anchors * match + besides(own));
        });
      });
      return { weights, sum };
    });
    const [share, ...like] = kin.map(shareOfBlocks);
    return [
      {
        kind: "fixed",
        weights: (found) =>
          found.map((place) =>
            mean(each.map(({ weights, sum }) => atPlace(weights[place.kin]!, place) / sum)),
          ),
        choice: { ...share!, like, ...(crowd.run > 1 && { alike: 1, run: crowd.run }) },
        noise: Math.sqrt(sumOverRandom(crowd, own, 2)) / mean(each.map(({ sum }) => sum)),
        reach: 0,
        entries: own + k * block,
      },
    ];
  },
});

interface GroupedRead {
  readonly read: Read;
  readonly landmarks: Table;
  /** kv head */
  readonly head: number;
  readonly space: Space;
  readonly ops: Ops;
}

/** The grouped softmax: a read of the own block, and one read for each rank of the chosen blocks by position. */
function grouped({ read, landmarks, head, space, ops }: GroupedRead, block: number, k: number): HeadResult {
  const { queries, visible, scale } = read;
  const chosen = selectTop(
    { space, queries, table: landmarks, k, visible: unitsBefore(visible, block), unit: block, head },
    ops,
    (q, t) => ops.scores(q, t),
  );
  const lists = allLists(chosen);
  // their scores were read when they were chosen
  const logits = ops.scoresAt(queries, { ...landmarks, rowBytes: 0 }, chosen);
  const inGroups = { ...read, sinkLogit: undefined };
  const own = softmaxRead(
    {
      ...inGroups,
      spans: new Spans(visible.length, (i, add) =>
        add(Math.floor((visible[i]! - 1) / block) * block, visible[i]!),
      ),
    },
    ops,
  );
  const blocks = Array.from(
    { length: lists.reduce((most, { length }) => Math.max(most, length), 0) },
    (_, rank) =>
      softmaxRead(
        {
          ...inGroups,
          spans: unitSpans(rowLists(lists.map((list) => list.subarray(rank, rank + 1))), block, visible),
        },
        ops,
      ),
  );
  const logitsOf = (i: number): number[] => [
    own.logSum(i),
    ...blocks.map((_, rank) =>
      rank < lists[i]!.length ? scale * logits[chosen.offsets[i]! + rank]! : -Infinity,
    ),
  ];
  return together([own, ...blocks], logitsOf, read.sinkLogit);
}
