"""Selected tokens and outputs of the public code of other projects, as golden data of a test.

Each function below is a port to float64 of the code that its `source` names, at that commit: attention of one query over
the same small tensors. `python3 scripts/golden/peers.py` (numpy alone) writes test/attention/data/: the tensors, and
golden.json with the tokens that a query reads and its output. A choice that hangs on less than a millionth is refused.
planes.npy, the random planes of MagicPIG's tables, comes from `npx tsx scripts/golden/planes.ts`.
"""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "../../test/attention/data"
KV_HEADS, GROUP, TOKENS, WIDTH = 2, 2, 160, 8

random = np.random.default_rng(13)
Q = (1.5 * random.standard_normal((KV_HEADS * GROUP, TOKENS, WIDTH))).astype(np.float32)
K = random.standard_normal((KV_HEADS, TOKENS, WIDTH)).astype(np.float32)
V = random.standard_normal((KV_HEADS, TOKENS, WIDTH)).astype(np.float32)
q64, k64, v64 = Q.astype(float), K.astype(float), V.astype(float)
SCALE = WIDTH**-0.5


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def topk(scores, k):
    """The places of the k largest scores, ascending. Ties are refused: each source leaves them to its library."""
    order = np.argsort(-scores, kind="stable")
    k = min(k, len(scores))
    if k < len(scores):
        last, next_ = scores[order[k - 1]], scores[order[k]]
        if not (np.isinf(last) or last - next_ > 1e-6 * max(1e-3, abs(last))):
            raise ValueError(f"a choice of {k} hangs on {last - next_}")
    return np.sort(order[:k])


def span(units, size, end):
    """Tokens of units of `size` tokens, up to `end`."""
    return sorted({int(t) for u in units for t in range(u * size, min((u + 1) * size, end))})


def dense(h, head, at, read):
    """Softmax attention of query `at` over the tokens that are read."""
    return softmax(SCALE * k64[h, read] @ q64[head, at]) @ v64[h, read]


def fp8(rows):
    """inference/kernel.py, act_quant, without rounded scales: E4M3 with a scale for each row."""
    scale = np.maximum(np.abs(rows).max(-1, keepdims=True), 1e-4) / 448
    x = rows / scale
    exponent = np.floor(np.log2(np.maximum(np.abs(x), 2.0**-6)))
    step = 2.0 ** (exponent - 3)
    return np.clip(np.round(x / step) * step, -448, 448) * scale


def mxfp4(rows):
    """inference/kernel.py, fp4_act_quant: E2M1, whose scale for each row is the least power of two with which it fits."""
    scale = 2.0 ** np.ceil(np.log2(np.abs(rows).max(-1, keepdims=True) / 6))
    x = np.abs(rows / scale)
    step = np.where(x < 2, 0.5, np.where(x < 4, 1.0, 2.0))
    return np.sign(rows) * np.round(x / step) * step * scale


def bf16(rows):
    bits = rows.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32).astype(float)


def rms_norm(rows):
    return rows / np.sqrt((rows * rows).mean(-1, keepdims=True))


def index_keys():
    """(N, D) the concatenated keys of the kv heads, which stand for index keys."""
    return np.concatenate([k64[h] for h in range(KV_HEADS)], axis=-1)


def index_query(at):
    """(D) of one index head: a group's query is its mean."""
    return np.concatenate([q64[h * GROUP : (h + 1) * GROUP, at].mean(0) for h in range(KV_HEADS)])


# ----- selection for each query


def quest(at, page=8, budget=40):
    """evaluation/quest_attention.py: the bound of a page, at least 3 pages; quest/utils/controller.py: the page budget
    includes the last page, which is always read."""
    pages = max(3, budget // page)
    last = at // page
    for head in range(KV_HEADS * GROUP):
        h, query = head // GROUP, q64[head, at]
        sign = np.where(query > 0, 1.0, -1.0)
        bounds = np.array([(k64[h, p * page : (p + 1) * page] * sign).max(0) @ (query * sign) for p in range(last)])
        yield span([*topk(bounds, pages - 1), last], page, at + 1)


def moba(at, block=16, k=3):
    """moba/moba_naive.py, moba_attn_varlen_naive: the own block has the gate infinity and is one of the k."""
    own = at // block
    for head in range(KV_HEADS * GROUP):
        h = head // GROUP
        gate = np.array([k64[h, b * block : (b + 1) * block].mean(0) @ q64[head, at] for b in range(own)] + [np.inf])
        yield span(topk(gate, k), block, at + 1)


def dsa(at, k=20):
    """inference/model.py, Indexer, and inference/kernel.py, act_quant and fp8_index, with one index head of unit
    weight, whose query and keys are the concatenated ones of the kv heads (a group's query is its mean), and with
    scale_fmt None (the model's configuration rounds scales up to powers of two)."""
    chosen = topk(np.maximum(fp8(index_keys())[: at + 1] @ fp8(index_query(at)), 0), k)
    for _ in range(KV_HEADS * GROUP):
        yield [int(t) for t in chosen]


def pools_and_tail(at, scores, pool, k):
    """The k // pool best pools, and the tokens after the last whole pool."""
    read = [*span(topk(scores, k // pool), pool, at + 1), *range(len(scores) * pool, at + 1)]
    for _ in range(KV_HEADS * GROUP):
        yield read


def means(rows, pool, end):
    """(floor(end / pool), D) the means of whole pools of rows."""
    return rows[: end // pool * pool].reshape(-1, pool, rows.shape[1]).mean(1)


def qsa(at, block=4, k=24):
    """Qwen4ExpTextQSAIndexer.forward with one index head, norms without weights and keys without positions: complete
    blocks have the RMSNorm of the mean of their raw keys, and the tail is read beside token_budget // compress_ratio
    blocks. Keys and queries are bf16."""
    keys = bf16(rms_norm(means(index_keys(), block, at + 1)))
    query = bf16(rms_norm(index_query(at)))
    yield from pools_and_tail(at, np.maximum(keys @ query, 0), block, k)


def pooled_dsa(at, pool=4, k=24):
    """Glm5NextTextIndexer.forward with one index head of unit weight, gates of equal logits and
    index_kpool_always_select_tail: a pool is a candidate if its last token is visible. Keys and queries are FP8, as
    vllm/models/glm5next/common/attention.py stores them."""
    scores = np.maximum(fp8(means(index_keys(), pool, at + 1)) @ fp8(index_query(at)), 0)
    yield from pools_and_tail(at, scores, pool, k)


def two_level(at, k=20, topk_blocks=6, block=8):
    """DeepseekV41Indexer.forward with one index head of unit weight and ratio 1, on a layer that uses candidates of a
    source with the same query; select_candidate_blocks: the block of the newest position is pinned."""
    scores = np.maximum(mxfp4(index_keys())[: at + 1] @ mxfp4(index_query(at)), 0)
    blocks = [scores[b : b + block].max() for b in range(0, at + 1, block)]
    blocks[at // block] = np.inf
    inside = span(topk(np.array(blocks), topk_blocks), block, at + 1)
    chosen = [inside[i] for i in topk(scores[inside], k)]
    for _ in range(KV_HEADS * GROUP):
        yield chosen


def chunked(at, chunk=48):
    """chunked_overlay over a causal mask: kv_idx // chunk_size == q_idx // chunk_size."""
    read = [t for t in range(TOKENS) if t <= at and t // chunk == at // chunk]
    for _ in range(KV_HEADS * GROUP):
        yield read


def infllm_v2(at, kernel=8, stride=4, block=16, topk_blocks=3, window=32, init=1):
    """csrc/max_pooling_1d.cuh: init blocks and local_blocks + 1 last ones are infinite, another block has the largest of
    its kernels' weights; the model code of MiniCPM4 sets topk = topk + window_size // block_size."""
    local = window // block
    own = at // block
    kernels = (at + 1 - kernel) // stride + 1
    for h in range(KV_HEADS):
        pooled = np.array([k64[h, stride * e : stride * e + kernel].mean(0) for e in range(kernels)])
        weights = sum(softmax(SCALE * pooled @ q64[head, at]) for head in range(h * GROUP, (h + 1) * GROUP))
        score = np.full(own + 1, -np.inf)
        for b in range(own + 1):
            start = b * block // stride - (kernel // stride - 1)
            inside = weights[max(0, start) : min(kernels, (b + 1) * block // stride)]
            if b < init or own - local <= b:
                score[b] = np.inf
            elif len(inside):
                score[b] = inside.max()
        for _ in range(GROUP):
            yield span(topk(score, topk_blocks + local), block, at + 1)


def infinite_hip(at, chunk=16, keep=64, sinks=4, window=20):
    """src/hip_attn/v1_2/attention_extend.py, chunk_controllable_sampling_mask_cuda, for one query of one head without
    rotary positions: the keys in the middle of the halves are compared, and a chunk has the largest score on the way."""
    for head in range(KV_HEADS * GROUP):
        scores = k64[head // GROUP] @ q64[head, at]
        middle = max(0, (at + 1 - sinks - window) // chunk * chunk)
        starts, size = [sinks + c * chunk for c in range(middle // chunk)], chunk
        for into, room in ((chunk, keep), (chunk // 8, keep // 4), (max(1, chunk // 32), keep // 16)):
            starts = [s + c * into for s in starts for c in range(size // into)]
            size = into
            if len(starts) * size <= room:
                continue
            largest = []
            for left in starts:
                right, most, width = left + size, -np.inf, float(size)
                while width >= 1:
                    width /= 2
                    centre = (left + right) // 2
                    a, b = scores[(left + centre) // 2], scores[(centre + right) // 2]
                    most = max(most, a, b)
                    if a > b:
                        right = centre
                    else:
                        left = centre
                largest.append(most)
            starts = [starts[i] for i in topk(np.array(largest), room // size)]
        read = set(range(sinks)) | set(range(sinks + middle, at + 1))
        yield sorted(read | {int(s + i) for s in starts for i in range(size)})


def shadowkv(at, chunk=4, budget=16, outliers=3, local=2):
    """models/kv_cache.py, ShadowKVCache: prefill_kv_cache and get_retrieval_position_ids, for a prompt that ends with
    the query."""
    chunks = (at + 1) // chunk - local
    for h in range(KV_HEADS):
        cut = k64[h, : chunks * chunk].reshape(chunks, chunk, WIDTH)
        means = cut.mean(1)
        cosines = np.einsum("cd,ctd->ct", means, cut) / (
            np.linalg.norm(means, axis=-1)[:, None] * np.linalg.norm(cut, axis=-1)
        )
        far = topk(-cosines.min(-1), outliers)
        rest = np.setdiff1d(np.arange(chunks), far)
        heads = range(h * GROUP, (h + 1) * GROUP)
        weights = np.max([softmax(SCALE * means[rest] @ q64[head, at]) for head in heads], axis=0)
        chosen = rest[topk(weights, budget // chunk)]
        read = sorted({*span([*far, *chosen], chunk, at + 1), *range(chunks * chunk, at + 1)})
        for _ in range(GROUP):
            yield read


def magicpig(at, bits=3, tables=12, sinks=4, local=19, guard=1e-4):
    """evaluations/RULER/pred/cache_ref.py, SimCache: select_kv_cache for the prompt before the query, and update for the
    query. Yields the tokens and the output. Row i of `planes` has the planes of kv head i: (tables, bits, WIDTH)."""
    planes = np.load(FOLDER / "planes.npy").astype(float)
    for head in range(KV_HEADS * GROUP):
        h, query = head // GROUP, q64[head, at]
        offload = np.arange(sinks, at - local)
        always = np.array([*range(sinks), *range(at - local, at + 1)])
        average = k64[h, offload].mean(0)
        keys = k64[h] - average
        hashed = np.einsum("lbd,nd->lnb", planes[h], keys[offload])
        asked = np.einsum("lbd,d->lb", planes[h], query / np.linalg.norm(query))
        if min(np.abs(hashed).min(), np.abs(asked).min()) < 1e-5:
            raise ValueError("a bit hangs on rounding")
        met = ((hashed > 0) == (asked > 0)[:, None]).all(-1).sum(0) >= 2
        z = keys @ query
        cosine = z[offload] / (np.linalg.norm(keys[offload], axis=-1) * np.linalg.norm(query))
        weight = 1 - np.arccos(cosine) / np.pi
        weight = 1 - (1 - weight**bits) ** tables - tables * ((1 - weight**bits) ** (tables - 1)) * weight**bits
        sampled = np.where(met, SCALE * z[offload] - np.log(weight + guard), -np.inf)
        p = softmax(np.concatenate([SCALE * z[always], sampled]))
        output = p @ v64[h, np.concatenate([always, offload])]
        yield sorted(int(t) for t in [*always, *offload[met]]), output


def loki(at, rank=3, k=20):
    """pca_analysis/pca.py, compute_pca: the components of scikit-learn's PCA, of the head's own keys;
    methods/pca_topk/utils.py, mask_attn_pca_topk: keys and queries are projected as they are, without the mean."""
    for head in range(KV_HEADS * GROUP):
        h = head // GROUP
        components = np.linalg.svd(k64[h] - k64[h].mean(0), full_matrices=False)[2][:rank]
        approximate = (k64[h, : at + 1] @ components.T) @ (q64[head, at] @ components.T) * SCALE
        yield [int(t) for t in topk(approximate, k)]


def infinigen(at, columns=3, alpha=1.5, most=30):
    """speedup/infinigen/infinigen, for the queries of all tokens as the warm-up and as the prompt:
    skewing_controller.py, skew (which orders the columns by both matrices' singular values; the choice does not depend on
    the order); partial_weight_generation_controller.py, partial_weight_index_generation; kv_selection_controller.py,
    speculate_attention and select_kv. The query's own K and V are beside them, as in pytorch_backend.py, mha_gen. The
    query's weights hold the scale, as in skewing_controller.py, weight_bias_concat."""
    scores = []
    for h in range(KV_HEADS):
        queries = q64[h * GROUP] * SCALE
        skewing = np.linalg.svd(queries, full_matrices=False)[2].T
        best = topk(np.abs(queries @ skewing).sum(0), columns)
        partial_keys = (k64[h, :at] @ skewing)[:, best]
        scores.append(partial_keys @ (queries[at] @ skewing)[best])
    near = [(own > own.max() - alpha).sum() for own in scores]
    if min(np.abs(own - own.max() + alpha).min() for own in scores) < 1e-6:
        raise ValueError("a count hangs on rounding")
    for own in scores:
        yield [*(int(t) for t in topk(own, min(int(np.mean(near)), most))), at]


def token_select(at, k=20, sinks=4, window=15):
    """patcher/token_retrieval.py, TokenRetriever.retrieval_indices and get_topk_tokens, in decoding, without the turn of
    queries (QUERY_ROTATE)."""
    heads = range(0, KV_HEADS * GROUP, GROUP)
    tokens = np.arange(sinks, at + 1 - window)
    votes = sum(softmax(k64[head // GROUP, tokens] @ q64[head, at]) for head in heads)
    for _ in heads:
        yield sorted(int(t) for t in [*range(sinks), *tokens[topk(votes, k)], *range(at + 1 - window, at + 1)])


def landmark(at, block=16, k=3):
    """llama_legacy/llama_mem.py, LlamaAttention.forward (mem_freq, top_k) and landmark_grouped_softmax, for one query
    that stands in an incomplete block, without rotary positions; the key of a block's landmark is the mean of its keys,
    and mem_freq + 1 counts the landmark. Yields the tokens and the output."""
    own = at // block
    for head in range(KV_HEADS * GROUP):
        h, query = head // GROUP, q64[head, at]
        mem_key = np.array([k64[h, b * block : (b + 1) * block].mean(0) for b in range(own)])
        chosen = topk(SCALE * mem_key @ query, k)
        last = np.arange(own * block, at + 1)
        # attention logits: for each chosen block its tokens and its landmark, then the incomplete block
        x, is_mem, section, values = [], [], [], []
        for b in chosen:
            rows = np.arange(b * block, (b + 1) * block)
            x += [*(SCALE * k64[h, rows] @ query), SCALE * mem_key[b] @ query]
            is_mem += [False] * block + [True]
            section += [False] * (block + 1)
            values += [*v64[h, rows], np.zeros(WIDTH)]
        x += [*(SCALE * k64[h, last] @ query)]
        is_mem += [False] * len(last)
        section += [True] * len(last)
        values += [*v64[h, last]]
        x, is_mem, section = np.array(x), np.array(is_mem), np.array(section)
        # landmark_grouped_softmax
        most = 15
        group = np.cumsum(is_mem)
        responsible = np.where(section | is_mem, most, group)
        probs = np.zeros(len(x))
        for g in set(responsible):
            probs[responsible == g] = softmax(x[responsible == g])
        group_prob = np.zeros(most + 1)
        group_prob[group[is_mem] - 1] = probs[is_mem]
        probs = probs * np.where(is_mem | section, section, group_prob[np.minimum(responsible, most)])
        yield sorted({*span(chosen, block, at + 1), *(int(t) for t in last)}), probs @ np.array(values)


# ----- eviction after a prompt that ends with the query


def window_votes(window, pool):
    """(heads, TOKENS - window): weights of the last queries, summed and average-pooled."""
    votes = []
    for head in range(KV_HEADS * GROUP):
        z = SCALE * q64[head, -window:] @ k64[head // GROUP].T
        z[np.triu_indices(window, TOKENS - window + 1, TOKENS)] = -np.inf
        z[np.arange(TOKENS)[None, :] > np.arange(TOKENS - window, TOKENS)[:, None]] = -np.inf
        summed = softmax(z).sum(0)[:-window]
        padded = np.pad(summed, pool // 2)
        votes.append(np.array([padded[i : i + pool].mean() for i in range(len(summed))]))
    return votes


def kept_by_votes(budget, window, pool):
    votes = window_votes(window, pool)
    for h in range(KV_HEADS):
        mean = np.mean(votes[h * GROUP : (h + 1) * GROUP], axis=0)
        kept = [*(int(t) for t in topk(mean, budget - window)), *range(TOKENS - window, TOKENS)]
        for _ in range(GROUP):
            yield kept


def snapkv(_at, budget=40, window=8, pool=5):
    """kvpress/presses/snapkv_press.py, SnapKVPress.score."""
    yield from kept_by_votes(budget, window, pool)


def pyramidkv(_at, budget=60, window=8, pool=5, beta=20, layers=5, layer=1):
    """pyramidkv/pyramidkv_utils.py, PyramidKVCluster.update_kv (gqa_score_agg "mean")."""
    least = (budget - window) // beta
    most = (budget - window) * 2 - least
    if most >= TOKENS - window:
        most = TOKENS - window
        least = (budget - window) * 2 - most
    room = most - layer * ((most - least) // (layers - 1))
    if TOKENS < (budget - window) * 2:
        room = budget - window
    yield from kept_by_votes(room + window, window, pool)


def pyramidkv_short(at):
    """The same where the prompt is below twice the mean room: every layer keeps the mean."""
    yield from pyramidkv(at, budget=100, layer=3)


def h2o(_at, budget=40):
    """h2o_hf/utils_real_drop/modify_llama.py, H2OKVCache_LayerWise, with hh_size and recent_size half of the budget
    each, for one query head a kv head."""
    for h in range(KV_HEADS):
        z = SCALE * q64[h * GROUP] @ k64[h].T
        z[np.triu_indices(TOKENS, 1)] = -np.inf
        scores = softmax(z).sum(0)
        recent = budget // 2
        yield [*(int(t) for t in topk(scores[:-recent], budget - recent)), *range(TOKENS - recent, TOKENS)]


def adakv(_at, budget=40, window=8, pool=5, floor=0.3):
    """adaptive_snapkv/monkeypatch/snapkv_utils.py, AdaptiveSnapKVCluster.update_kv_gqa (gqa_func "mean", pooling
    "avgpool", normalize False)."""
    base = budget - window
    votes = window_votes(window, pool)
    means = np.array([np.mean(votes[h * GROUP : (h + 1) * GROUP], axis=0) for h in range(KV_HEADS)])
    won = np.bincount(topk(means.ravel(), KV_HEADS * base) // means.shape[1], minlength=KV_HEADS)
    # torch.round, as numpy's, goes to even
    capacities = np.round(won * (1 - floor) + int(base * floor)).astype(int)
    for h in range(KV_HEADS):
        kept = [*(int(t) for t in topk(means[h], capacities[h])), *range(TOKENS - window, TOKENS)]
        for _ in range(GROUP):
            yield kept


def adakv_press(_at, budget=40, window=8, pool=5, floor=0.8):
    """kvpress/presses/adakv_press.py, AdaKVPress.compress, whose scorer is SnapKVPress: the window has the largest score,
    here infinite, which spares a tie with the largest vote."""
    votes = window_votes(window, pool)
    scores = np.array(
        [
            [*np.mean(votes[h * GROUP : (h + 1) * GROUP], axis=0), *[np.inf] * window]
            for h in range(KV_HEADS)
        ]
    )
    for h in range(KV_HEADS):
        scores[h, topk(scores[h], int(budget * floor))] = np.inf
    kept = topk(scores.ravel(), KV_HEADS * budget)
    for h in range(KV_HEADS):
        own = [int(t) - h * TOKENS for t in kept if t // TOKENS == h]
        for _ in range(GROUP):
            yield own


def tova(_at, budget=40):
    """kvpress/presses/tova_press.py, TOVAPress.score: one choice for all heads, the last token always."""
    votes = np.mean(window_votes(1, 1), axis=0)
    kept = [*(int(t) for t in topk(votes, budget - 1)), TOKENS - 1]
    for _ in range(KV_HEADS * GROUP):
        yield kept


def keydiff(_at, budget=40):
    """kvpress/presses/keydiff_press.py, KeyDiffPress.score."""
    for h in range(KV_HEADS):
        unit = k64[h] / np.linalg.norm(k64[h], axis=-1, keepdims=True)
        anchor = unit.mean(0)
        kept = [int(t) for t in topk(-unit @ (anchor / np.linalg.norm(anchor)), budget)]
        for _ in range(GROUP):
            yield kept


def expected(_at, budget=40, sinks=4):
    """kvpress/presses/expected_attention_press.py, ExpectedAttentionPress.score, without rotary positions."""
    for h in range(KV_HEADS):
        keys, values = k64[h, sinks:], v64[h, sinks:]
        scores = []
        for head in range(h * GROUP, (h + 1) * GROUP):
            queries = q64[head, sinks:]
            mean = queries.mean(0)
            covariance = (queries - mean).T @ (queries - mean) / len(queries)
            z = keys @ mean * SCALE + np.einsum("ni,ij,nj->n", keys, covariance, keys) / WIDTH / 2
            scores.append(softmax(z))
        ranked = np.mean(scores, axis=0) * np.linalg.norm(values, axis=-1)
        kept = [*range(sinks), *(int(t) + sinks for t in topk(ranked, budget - sinks))]
        for _ in range(GROUP):
            yield kept


# ----- prefill


def vertical_slash(at, vertical=12, slash=20, last=16, first_columns=3, last_diagonals=5):
    """minference/modules/minference_forward.py, vertical_and_slash_kernel, whose 64, 30 and 100 are parameters here."""
    for head in range(0, KV_HEADS * GROUP, GROUP):
        z = SCALE * q64[head, -last:] @ k64[head // GROUP].T
        z[np.arange(TOKENS)[None, :] > np.arange(TOKENS - last, TOKENS)[:, None]] = -np.inf
        weights = softmax(z)
        columns = weights.sum(0)
        columns[:first_columns] = np.inf
        # sum_all_diagonal_matrix: distances 0 ... TOKENS - last of every one of the last queries
        distances = np.zeros(TOKENS)
        for i in range(last):
            for t in range(TOKENS - last + i + 1):
                distances[TOKENS - last + i - t] += weights[i, t]
        distances[:last_diagonals] = np.inf
        kept = {int(t) for t in topk(columns, vertical)} | {at - int(d) for d in topk(distances, slash)}
        yield sorted(t for t in kept if 0 <= t <= at)


def xattention(at, block=16, stride=4, threshold=0.6):
    """xattn/src/Xattention.py, xattn_estimate (select_mode "inverse", norm 1), and xattn/src/utils.py,
    find_blocks_chunked. A strip of one token has no key later than its query. In longer ones these products, which the
    source has within a query's own strip, are left out, as the variant's `differs` says."""
    for head in range(KV_HEADS * GROUP):
        products = q64[head] @ k64[head // GROUP].T
        products[np.triu_indices(TOKENS, 1)] = 0
        strips = TOKENS // stride
        # reshaped_query holds query stride - 1 - c beside key c of reshaped_key
        z = sum(products[stride - 1 - c :: stride, c::stride] for c in range(stride)) * SCALE / stride
        z[np.triu_indices(strips, 1)] = -np.inf
        wide = block // stride
        shares = softmax(z).reshape(strips // wide, wide, strips // wide, wide).sum((1, 3))[at // block]
        own = at // block
        first = [0] if own == 0 else [0, own]
        rest = [b for b in np.argsort(-shares, kind="stable") if b not in first]
        required, total, chosen = threshold * shares.sum(), shares[first].sum(), list(first)
        for b in rest:
            if abs(total - required) < 1e-6:
                raise ValueError("a choice hangs on rounding")
            if total >= required:
                break
            chosen.append(int(b))
            total += shares[b]
        yield span(chosen, block, at + 1)


def xattention_tokens(at):
    yield from xattention(at, stride=1, threshold=0.5)


def flexprefill(at, block=16, gamma=0.9, tau=0.09, min_budget=16):
    """flex_prefill/ops/flex_prefill_attention.py, get_active_blocks (max_budget None) and the causal mask of
    triton_block_wise_attention."""

    def refuse_close(values, bound):
        if np.abs(values - bound).min() < 1e-6:
            raise ValueError("a choice hangs on rounding")

    def score_cover_topk(x):
        sums = np.cumsum(np.sort(x)[::-1])
        refuse_close(sums, gamma)
        return (sums <= gamma).sum() + 1

    blocks = TOKENS // block
    least = -(-min_budget // block)
    for head in range(KV_HEADS * GROUP):
        keys = k64[head // GROUP]
        last_q = SCALE * q64[head, -block:]
        z = last_q @ keys.T
        z[:, -block:][np.triu_indices(block, 1)] = -np.inf
        qk = softmax(z)
        # sum_all_diagonal_matrix: entry j is the diagonal of distance TOKENS - 1 - j
        slash = np.zeros(TOKENS)
        for i in range(block):
            for t in range(TOKENS - block + i + 1):
                slash[t + block - 1 - i] += qk[i, t] / block
        vertical = qk.mean(0)
        counts = [max(least, min(blocks, score_cover_topk(x) // 128 + 1)) for x in (vertical, slash)]
        vertical, slash = (x.reshape(blocks, block).sum(1) for x in (vertical, slash))
        avg_k = keys.reshape(blocks, block, WIDTH).mean(1)
        avg_qk = softmax(avg_k @ last_q.mean(0))
        m = (avg_qk + vertical) / 2
        distance = np.sqrt((avg_qk * np.log(avg_qk / m)).sum() / 2 + (vertical * np.log(vertical / m)).sum() / 2)
        refuse_close(distance, tau)
        if distance < tau:
            counts = [least, least]
        vertical[0] = slash[-1] = np.inf
        grid = np.zeros((blocks, blocks), bool)
        for b in topk(vertical, counts[0]):
            grid[b:, b] = True
        for away in blocks - 1 - topk(slash, counts[1]):
            for i in range(away, blocks):
                grid[i, i - away] = True
        if distance < tau:
            attn = SCALE * q64[head].reshape(blocks, block, WIDTH).mean(1) @ avg_k.T
            attn[np.triu_indices(blocks, 1)] = -np.inf
            attn = softmax(attn).ravel()
            # score_cover_idx, whose padding is block 0 of query block 0
            order = np.argsort(-attn, kind="stable")
            sums = np.cumsum(attn[order])
            refuse_close(sums, gamma * blocks)
            grid.ravel()[order[sums <= gamma * blocks]] = True
        yield span(np.flatnonzero(grid[at // block]), block, at + 1)


def flexprefill_lines(at):
    yield from flexprefill(at, block=32, gamma=0.9, tau=0, min_budget=32)


# ----- outputs of more than one softmax


def nsa(at, block=16, selected=4, window=20, gates=(0.2, 0.5, 0.3)):
    """native_sparse_attention/ops/naive.py, naive_nsa_with_compression: one size of blocks, the own block has the weight
    1; g_cmp, g_slc, g_swa are `gates`. Yields the tokens of the two branches that read tokens, and the output."""
    own = at // block
    whole = (at + 1) // block
    for h in range(KV_HEADS):
        cut = slice(0, whole * block)
        k_cmp, v_cmp = (x[h, cut].reshape(whole, block, WIDTH).mean(1) for x in (k64, v64))
        weights = [softmax(SCALE * k_cmp @ q64[head, at]) for head in range(h * GROUP, (h + 1) * GROUP)]
        # local_mask: a weight of 1 for the own block, in every head
        blocks = np.array([sum(w[b] for w in weights) if b < own else GROUP * 1.0 for b in range(own + 1)])
        read = span(topk(blocks, selected), block, at + 1)
        recent = list(range(max(0, at - window + 1), at + 1))
        for g, head in enumerate(range(h * GROUP, (h + 1) * GROUP)):
            parts = (weights[g] @ v_cmp, dense(h, head, at, read), dense(h, head, at, recent))
            yield sorted({*read, *recent}), sum(gate * part for gate, part in zip(gates, parts))


def delta_rule(at, decay, strength):
    """fla/ops/gated_delta_rule/naive.py, naive_recurrent_gated_delta_rule, and fla/ops/kda/naive.py, naive_recurrent_kda,
    for keys and queries of length 1 and scale 1. Yields no tokens: a state stands for all."""
    for h in range(KV_HEADS):
        state = np.zeros((WIDTH, WIDTH))
        for t in range(at + 1):
            key = k64[h, t] / np.linalg.norm(k64[h, t])
            state = state * decay[:, None]
            state = state + np.outer(key, strength * (v64[h, t] - state.T @ key))
        for head in range(h * GROUP, (h + 1) * GROUP):
            yield None, state.T @ (q64[head, at] / np.linalg.norm(q64[head, at]))


def segsum(x):
    """segsum: sums of x over (j, i], and -inf above the diagonal."""
    sums = np.cumsum(x, -1)
    return np.where(np.tril(np.ones((x.shape[-1],) * 2, bool)), sums[..., :, None] - sums[..., None, :], -np.inf)


def mamba_2(at, shortest=10, longest=100, block_len=16):
    """ssd_minimal_discrete in its four steps, for X the values, A the logarithm of a head's decay, and B and C keys and
    queries of length 1. Yields no tokens: a state stands for all."""
    lives = shortest * (longest / shortest) ** (np.arange(KV_HEADS) / (KV_HEADS - 1))
    for head in range(KV_HEADS * GROUP):
        h = head // GROUP
        x, b, c = (
            rows.reshape(-1, block_len, WIDTH)
            for rows in (v64[h], *(r / np.linalg.norm(r, axis=-1, keepdims=True) for r in (k64[h], q64[head])))
        )
        a = np.full((len(x), block_len), np.log(2) / -lives[h])
        sums = np.cumsum(a, -1)
        diagonal = np.einsum("cln,csn,cls,csp->clp", c, b, np.exp(segsum(a)), x)
        states = np.einsum("cln,cl,clp->cpn", b, np.exp(sums[:, -1:] - sums), x)
        states = np.concatenate([np.zeros_like(states[:1]), states])
        states = np.einsum("zc,cpn->zpn", np.exp(segsum(np.concatenate([[0.0], sums[:, -1]]))), states)[:-1]
        y = diagonal + np.einsum("cln,cpn,cl->clp", c, states, np.exp(sums))
        yield None, y.reshape(TOKENS, WIDTH)[at]


def gated_deltanet(at, strength=0.5, half_life=30):
    yield from delta_rule(at, np.full(WIDTH, 2 ** (-1 / half_life)), strength)


def kda(at, strength=0.5, shortest=10, longest=100):
    lives = shortest * (longest / shortest) ** (np.arange(WIDTH) / (WIDTH - 1))
    yield from delta_rule(at, 2 ** (-1 / lives), strength)


SOURCES = {
    "mit-han-lab/Quest": "01c1623bf9395009520874e989e29f683203b357",
    "MoonshotAI/MoBA": "61e456bc956c5a25fd9c84e5496b661329cb1b72",
    "deepseek-ai/DeepSeek-V3.2-Exp": "3b99a5350d260b7c2a357e82362305509e2d0724",
    "fla-org/native-sparse-attention": "bd67af59b90afa34b25f61d2922e612d10dba3bd",
    "OpenBMB/infllmv2_cuda_impl": "f908e7316da706ed36c3dcfaaec6489ba4c03007",
    "DeepAuto-AI/hip-attention": "fea42c779263a87b0a669d8ad330e219f18e5d53",
    "ByteDance-Seed/ShadowKV": "e51904cdeab7d4d34013370f09f2cf5fcd655e15",
    "NVIDIA/kvpress": "8bb29b9c3078452a86d692f29123fa6c793e2b05",
    "Infini-AI-Lab/MagicPIG": "ac9aa36c866330ca6ad2ce342a7848d7df6f49bb",
    "hpcgroup/loki": "005913bc0b64c3b54d0d96871f4e51e799d7b17b",
    "snu-comparch/InfiniGen": "3754f52d131c30ab7a310e3c4cf356e8e3326ac3",
    "pzs19/TokenSelect": "8e1e97f03e4e37f38f3dd15d1987fa59e80cdb43",
    "epfml/landmark-attention": "d963e504fa2424687c6cbd412b54f1626e832292",
    "FMInference/H2O": "ac75c2a8a9e76832b2a4139b9363373b56336bfb",
    "FFY0/AdaKV": "efe4e2eea0099bf497f0c175ac5440a915d89f83",
    "Zefan-Cai/KVCache-Factory": "c97f9d706d63d1b56e980f8b81b2a924c21162b3",
    "fla-org/flash-linear-attention": "bc3b101dcb713ddc5bd8924b66754eb68b5ccf89",
    "microsoft/MInference": "fb56c917f618e8645f1cfc37535afd7424d78f0d",
    "ByteDance-Seed/FlexPrefill": "a24b27bf117fd6ad4ba34b0db82c598e7786fd59",
    "huggingface/transformers": {
        "src/transformers/models/qwen4_exp/modular_qwen4_exp.py": "39329c576307cf0fd002ccc371b23e5b6ffa4d21",
        "src/transformers/models/glm5_next/modular_glm5_next.py": "95d5838ba2ef1894d64daec4499924ebd57c82f8",
        "src/transformers/models/deepseek_v41/modular_deepseek_v41.py": "0a2080b43eb64e6d448186a4f3f0bc9c618f4797",
        "src/transformers/masking_utils.py": "2ccc6cae21faaf11631efa5fb9054687ae5dc931",
    },
    "state-spaces/mamba": "5d468df226b008ae205f873ddf2dfebf80387816",
    "mit-han-lab/x-attention": "e37988770b9d1bebd489eba011d615f35587ba08",
}

MIDDLE, LAST = (71, 128, TOKENS - 1), (TOKENS - 1,)

# ports of models with one query head a kv head
UNGROUPED = (h2o, vertical_slash, infinigen, token_select)

# variant, port, repository, file, positions of the queries
CASES = [
    ("quest(page=8,budget=40)", quest, "mit-han-lab/Quest", "evaluation/quest_attention.py", MIDDLE),
    ("moba(block=16,k=3)", moba, "MoonshotAI/MoBA", "moba/moba_naive.py", MIDDLE),
    (
        f"dsa(k=20,indexHeads=1,indexDim={KV_HEADS * WIDTH},indexNoise=0)",
        dsa,
        "deepseek-ai/DeepSeek-V3.2-Exp",
        "inference/model.py",
        MIDDLE,
    ),
    # a layer that shares reads what the indexer of an earlier layer chose: here with the same query
    (
        f"index-share(k=20,drift=0,indexHeads=1,indexDim={KV_HEADS * WIDTH},indexNoise=0)",
        dsa,
        "deepseek-ai/DeepSeek-V3.2-Exp",
        "inference/model.py",
        MIDDLE,
    ),
    (
        "nsa(block=16,stride=16,selectBlock=16,selected=4,initial=0,local=1,window=20,"
        "gateCompressed=.2,gateSelected=.5,gateWindow=.3)",
        nsa,
        "fla-org/native-sparse-attention",
        "native_sparse_attention/ops/naive.py",
        MIDDLE,
    ),
    (
        "infllm-v2(kernel=8,stride=4,block=16,blocks=3,initial=1,window=32,denseBelow=0)",
        infllm_v2,
        "OpenBMB/infllmv2_cuda_impl",
        "csrc/max_pooling_1d.cuh",
        (111, TOKENS - 1),
    ),
    (
        "infinite-hip(chunk=16,keep=64,sinks=4,window=20)",
        infinite_hip,
        "DeepAuto-AI/hip-attention",
        "src/hip_attn/v1_2/attention_extend.py",
        MIDDLE,
    ),
    (
        "shadowkv(chunk=4,budget=16,outliers=3,local=2)",
        shadowkv,
        "ByteDance-Seed/ShadowKV",
        "models/kv_cache.py",
        MIDDLE,
    ),
    # the source's 19 local tokens and the query's own
    (
        "magicpig(bits=3,tables=12,sinks=4,window=20)",
        magicpig,
        "Infini-AI-Lab/MagicPIG",
        "evaluations/RULER/pred/cache_ref.py",
        LAST,
    ),
    (
        "loki(rank=3,k=20)",
        loki,
        "hpcgroup/loki",
        "methods/pca_topk/utils.py",
        MIDDLE,
    ),
    (
        f"infinigen(k=30,alpha=1.5,rank=3,observe={TOKENS})",
        infinigen,
        "snu-comparch/InfiniGen",
        "speedup/infinigen/infinigen/kv_selection_controller.py",
        MIDDLE,
    ),
    (
        "token-select(k=20,sinks=4,window=15)",
        token_select,
        "pzs19/TokenSelect",
        "patcher/token_retrieval.py",
        MIDDLE,
    ),
    ("landmark(block=16,k=3)", landmark, "epfml/landmark-attention", "llama_legacy/llama_mem.py", MIDDLE),
    (
        f"h2o(budget=40,observe={TOKENS})",
        h2o,
        "FMInference/H2O",
        "h2o_hf/utils_real_drop/modify_llama.py",
        LAST,
    ),
    (
        "adakv(budget=40,window=8,pool=5,floor=.3)",
        adakv,
        "FFY0/AdaKV",
        "adaptive_snapkv/monkeypatch/snapkv_utils.py",
        LAST,
    ),
    (
        "adakv(budget=40,window=8,pool=5,floor=.8,division=guaranteed)",
        adakv_press,
        "NVIDIA/kvpress",
        "kvpress/presses/adakv_press.py",
        LAST,
    ),
    ("snapkv(budget=40,window=8,pool=5)", snapkv, "NVIDIA/kvpress", "kvpress/presses/snapkv_press.py", LAST),
    (
        "pyramidkv(budget=60,window=8,pool=5,depth=.25)",
        pyramidkv,
        "Zefan-Cai/KVCache-Factory",
        "pyramidkv/pyramidkv_utils.py",
        LAST,
    ),
    (
        "pyramidkv(budget=100,window=8,pool=5,depth=.75)",
        pyramidkv_short,
        "Zefan-Cai/KVCache-Factory",
        "pyramidkv/pyramidkv_utils.py",
        LAST,
    ),
    ("tova(budget=40)", tova, "NVIDIA/kvpress", "kvpress/presses/tova_press.py", LAST),
    ("keydiff(budget=40)", keydiff, "NVIDIA/kvpress", "kvpress/presses/keydiff_press.py", LAST),
    (
        f"expected(budget=40,sinks=4,observe={TOKENS})",
        expected,
        "NVIDIA/kvpress",
        "kvpress/presses/expected_attention_press.py",
        LAST,
    ),
    (
        "vertical-slash(vertical=12,slash=20,observe=16,firstColumns=3,lastDiagonals=5)",
        vertical_slash,
        "microsoft/MInference",
        "minference/modules/minference_forward.py",
        MIDDLE,
    ),
    (
        "xattention(block=16,stride=4,threshold=.6)",
        xattention,
        "mit-han-lab/x-attention",
        "xattn/src/Xattention.py",
        MIDDLE,
    ),
    (
        "xattention(block=16,stride=1,threshold=.5)",
        xattention_tokens,
        "mit-han-lab/x-attention",
        "xattn/src/Xattention.py",
        MIDDLE,
    ),
    (
        "flexprefill(block=16,gamma=.9,tau=.09,minBudget=16)",
        flexprefill,
        "ByteDance-Seed/FlexPrefill",
        "flex_prefill/ops/flex_prefill_attention.py",
        (128, 144, TOKENS - 1),
    ),
    (
        "flexprefill(block=32,gamma=.9,tau=0,minBudget=32)",
        flexprefill_lines,
        "ByteDance-Seed/FlexPrefill",
        "flex_prefill/ops/flex_prefill_attention.py",
        MIDDLE,
    ),
    (
        "gated-deltanet(strength=.5,halfLife=30)",
        gated_deltanet,
        "fla-org/flash-linear-attention",
        "fla/ops/gated_delta_rule/naive.py",
        MIDDLE,
    ),
    (
        "kda(strength=.5,shortest=10,longest=100)",
        kda,
        "fla-org/flash-linear-attention",
        "fla/ops/kda/naive.py",
        MIDDLE,
    ),
    (
        f"qsa(k=24,indexHeads=1,indexDim={KV_HEADS * WIDTH},indexNoise=0)",
        qsa,
        "huggingface/transformers",
        "src/transformers/models/qwen4_exp/modular_qwen4_exp.py",
        MIDDLE,
    ),
    (
        f"pooled-dsa(k=24,indexHeads=1,indexDim={KV_HEADS * WIDTH},indexNoise=0)",
        pooled_dsa,
        "huggingface/transformers",
        "src/transformers/models/glm5_next/modular_glm5_next.py",
        MIDDLE,
    ),
    (
        "two-level(k=20,candidates=6,block=8,drift=0,indexHeads=1,indexDim=32,indexNoise=0)",
        two_level,
        "huggingface/transformers",
        "src/transformers/models/deepseek_v41/modular_deepseek_v41.py",
        MIDDLE,
    ),
    (
        "chunked(chunk=48)",
        chunked,
        "huggingface/transformers",
        "src/transformers/masking_utils.py",
        MIDDLE,
    ),
    (
        "mamba-2(shortest=10,longest=100)",
        mamba_2,
        "state-spaces/mamba",
        "mamba_ssm/modules/ssd_minimal.py",
        MIDDLE,
    ),
]


def runs(tokens):
    """Tokens as ranges [from, to)."""
    out = []
    for t in tokens:
        if out and out[-1][1] == t:
            out[-1][1] = t + 1
        else:
            out.append([t, t + 1])
    return out


def case(variant, port, repository, path, positions):
    heads = range(0, KV_HEADS * GROUP, GROUP) if port in UNGROUPED else range(KV_HEADS * GROUP)
    queries = []
    for at in positions:
        results = []
        for head, found in zip(heads, port(at)):
            read, output = found if isinstance(found, tuple) else (found, dense(head // GROUP, head, at, found))
            reads = None if read is None else runs(read)
            results.append({"reads": reads, "output": [float(x) for x in output]})
        queries.append({"at": at, "heads": results})
    commit = SOURCES[repository] if isinstance(SOURCES[repository], str) else SOURCES[repository][path]
    return {
        "variant": variant,
        "source": {"repository": repository, "commit": commit, "path": path},
        "queryHeads": list(heads),
        "queries": queries,
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, numbers in (("q", Q), ("k", K), ("v", V)):
        np.save(FOLDER / f"{name}.npy", numbers)
    (FOLDER / "golden.json").write_text(json.dumps([case(*each) for each in CASES]) + "\n")
