import { norm, rowNumbers, rowsOf, tensor } from "../../../core/tensor.ts";
import type { Ops } from "../../../engines/ops.ts";
import type { HeadCache } from "../../cache.ts";
import { normalScores, threshold } from "../../mean-field/crowd.ts";
import type { Scored } from "../../mean-field/crowd.ts";
import { ownAlike, readsKept } from "../../mean-field/kept.ts";
import { attendKept, budgetParam, keptCost, queryAwareParam, retained } from "../../parts/kept.ts";
import { defineVariant } from "../../variant.ts";

/**
 * KeyDiff: keeps the keys that are least like the mean key; no queries are needed.
 *
 * Park et al. 2025, arXiv 2504.15364; code NVIDIA/kvpress (keydiff_press.py): the anchor is the mean of the normalised
 * keys. The prompt itself is read densely. `queryAware` decides whether the question's keys compete too; otherwise they
 * are kept.
 */
export const keydiff = defineVariant({
  name: "keydiff",
  family: "eviction",
  summary: "keeps the keys least like the mean key (KeyDiff)",
  formula: [
    "anchor = mean of k / |k|; score_t = -cos(k_t, anchor)",
    "kept = the tokens of largest score; o = dense attention over the kept",
  ].join("\n"),
  sources: [
    {
      title: "KeyDiff: Key Similarity-Based KV Cache Eviction for Long-Context LLM Inference",
      url: "https://arxiv.org/abs/2504.15364",
      where: "section 3",
    },
    {
      title: "NVIDIA/kvpress",
      url: "https://github.com/NVIDIA/kvpress",
      where: "kvpress/presses/keydiff_press.py",
    },
  ],
  params: { budget: budgetParam("tokens kept"), queryAware: queryAwareParam },
  prefill: "dense",
  budgetParam: "budget",
  small: { budget: 180 },
  prepare: (cache, { budget, queryAware }, ops) =>
    retained(
      cache,
      { budget, recent: 0, queryAware },
      (h, from, end) => unlikeness(cache.heads[h]!, { from, end }, ops),
      ops,
    ),
  attend: attendKept,
  cost: (shape, { budget }) => keptCost(shape, budget),
  denseAt: ({ tokens }) => ({ budget: tokens }),
  meanField(crowd, { budget }) {
    const kept = readsKept(crowd, { budget, recent: 0, queryAware: false, alike: ownAlike(crowd) });
    if (budget >= crowd.tokens) return [kept];
    // products with the sum of all keys, in units of d; the shared code of records of one key is in it once for each
    // token
    const {
      headDim,
      tokens,
      tail,
      fidelity: rho,
      coherence: c,
      recordTokens,
      recordShare,
      matches,
      run,
    } = crowd;
    const ofRecord = rho + (recordTokens - 1) * Math.sqrt(c);
    const [own, others] = [Math.max(1, matches) * ofRecord, run * ofRecord];
    const shared = (recordShare * others * others) / (run * recordTokens);
    const sd = Math.sqrt((tokens * (1 + shared)) / headDim);
    const records = (tokens * recordShare) / recordTokens;
    const unlike = (count: number, share: number, sum: number): Scored =>
      normalScores(count, -share * sum, sd);
    const t = threshold(
      [
        unlike(records, rho, others),
        unlike(records * (recordTokens - 1), Math.sqrt(c), others),
        normalScores(tokens * (1 - recordShare) - tail, 0, sd),
      ],
      budget - tail,
    );
    const match = unlike(matches, rho, own).above(t);
    return [{ ...kept, match, members: unlike(matches, Math.sqrt(c), own).above(t) }];
  },
});

/** (from) minus the cosine of each key before `from` with the mean of the normalised keys [0, end). */
function unlikeness(
  { keys: { tensor: keys } }: HeadCache,
  { from, end }: { readonly from: number; readonly end: number },
  ops: Ops,
): Float64Array {
  const anchor = new Float64Array(keys.shape[1]);
  const norms = ops.rowProducts(rowsOf(keys, 0, end)).map(Math.sqrt);
  for (let t = 0; t < end; t++) {
    const length = norms[t]!;
    if (length === 0) continue;
    const key = rowNumbers(keys, t);
    for (let c = 0; c < anchor.length; c++) anchor[c]! += key[c]! / length;
  }
  const length = norm(anchor);
  const vectors = tensor(anchor, [1, anchor.length]);
  return ops
    .rowProducts(rowsOf(keys, 0, from), { vectors, every: from })
    .map((product, t) => (norms[t]! * length === 0 ? 0 : -product / (norms[t]! * length)));
}
