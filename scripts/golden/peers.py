"""Selected tokens and outputs of the public code of other projects, as golden data of a test.

Each function below is a port to float64 of the code that its `source` names, at that commit: attention of one query over
the same small tensors. `python3 scripts/golden/peers.py` (numpy alone) writes test/attention/data/: the tensors, and
golden.json with the tokens that a query reads and its output. A choice that hangs on less than a millionth is refused.
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

    def fp8(rows):
        scale = np.maximum(np.abs(rows).max(-1, keepdims=True), 1e-4) / 448
        x = rows / scale
        exponent = np.floor(np.log2(np.maximum(np.abs(x), 2.0**-6)))
        step = 2.0 ** (exponent - 3)
        return np.clip(np.round(x / step) * step, -448, 448) * scale

    keys = fp8(np.concatenate([k64[h] for h in range(KV_HEADS)], axis=-1))
    query = fp8(np.concatenate([q64[h * GROUP : (h + 1) * GROUP, at].mean(0) for h in range(KV_HEADS)]))
    chosen = topk(np.maximum(keys[: at + 1] @ query, 0), k)
    for _ in range(KV_HEADS * GROUP):
        yield [int(t) for t in chosen]


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
    "Zefan-Cai/KVCache-Factory": "c97f9d706d63d1b56e980f8b81b2a924c21162b3",
    "fla-org/flash-linear-attention": "bc3b101dcb713ddc5bd8924b66754eb68b5ccf89",
    "microsoft/MInference": "fb56c917f618e8645f1cfc37535afd7424d78f0d",
}

MIDDLE, LAST = (71, 128, TOKENS - 1), (TOKENS - 1,)

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
    heads = range(0, KV_HEADS * GROUP, GROUP) if port is vertical_slash else range(KV_HEADS * GROUP)
    queries = []
    for at in positions:
        results = []
        for head, found in zip(heads, port(at)):
            read, output = found if isinstance(found, tuple) else (found, dense(head // GROUP, head, at, found))
            reads = None if read is None else runs(read)
            results.append({"reads": reads, "output": [float(x) for x in output]})
        queries.append({"at": at, "heads": results})
    return {
        "variant": variant,
        "source": {"repository": repository, "commit": SOURCES[repository], "path": path},
        "queryHeads": list(heads),
        "queries": queries,
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, numbers in (("q", Q), ("k", K), ("v", V)):
        np.save(FOLDER / f"{name}.npy", numbers)
    (FOLDER / "golden.json").write_text(json.dumps([case(*each) for each in CASES]) + "\n")
