"""PyTorch on the CPU: answers the questions of peer.ts, line by line. Usage: torch.py THREADS"""

import sys

sys.dont_write_bytecode = True
from protocol import Normals, moments, query_factor, say, serve, spread_rows

# the script's own folder comes first on the path, and this file would be the module "torch"
sys.path.pop(0)

import math

try:
    import torch
    from torch.nn.functional import scaled_dot_product_attention
except ImportError as error:
    say(absent=str(error))
    sys.exit()


def queries_of(keys, queries, seen):
    places = torch.arange(queries).add(0.5).mul(len(seen) / queries).long()
    return query_factor(keys.shape[1], len(seen)) * keys[seen[places]]


def attend64(queries, keys, values):
    """softmax(q K^T / sqrt d) V in float64, a piece of K and V at a time."""
    scale = 1 / math.sqrt(keys.shape[1])
    scores = torch.cat([queries.double() @ part.double().T * scale for part in keys.split(2**16)], 1)
    weights = scores.softmax(1)
    return sum(w @ part.double() for w, part in zip(weights.split(2**16, 1), values.split(2**16)))


key_numbers, value_numbers = Normals(torch.randn), Normals(torch.randn)


def call_of(kind, queries, rows, width, take):
    keys = key_numbers.matrix(rows, width)
    if kind == "normals":
        out = torch.empty(rows * width)
        return out.normal_, None, None
    if kind == "top":
        scores = keys[:, 0]
        return (
            lambda: torch.topk(scores, take),
            lambda top: top.values,
            lambda: scores.double().sort(descending=True).values[:take],
        )
    if kind == "gemm":
        q = value_numbers.matrix(queries, width)
        return lambda: q @ keys.T, lambda out: out[0], lambda: q[0].double() @ keys.double().T
    if kind == "block-mean":
        blocks = keys.view(-1, take, width)
        return lambda: blocks.mean(1), lambda out: out, lambda: blocks.double().mean(1)
    values = value_numbers.matrix(rows, width)
    if kind == "gather":
        seen = torch.tensor(spread_rows(rows, take))
        q = queries_of(keys, queries, seen)
        return (
            lambda: attention(q, keys[seen], values[seen]),
            lambda out: out[0, 0],
            lambda: attend64(q, keys[seen], values[seen]),
        )
    q = queries_of(keys, queries, torch.arange(rows))
    causal = kind == "prefill"
    some = sorted({0, queries // 2, queries - 1} if causal else {0, queries - 1})
    return (
        lambda: attention(q, keys, values, causal),
        lambda out: out[0, 0, some],
        lambda: torch.cat([attend64(q[i : i + 1], *visible(i, causal, keys, values)) for i in some]),
    )


def attention(q, keys, values, causal=False):
    return scaled_dot_product_attention(q[None, None], keys[None, None], values[None, None], is_causal=causal)


def visible(i, causal, *matrices):
    return [matrix[: i + 1] if causal else matrix for matrix in matrices]


def check(run, sample, expected):
    result = run()
    if expected is None:
        variance, mean = torch.var_mean(result)
        return moments(mean.item(), variance.item(), result.numel())
    truth = expected()
    difference = (sample(result).double() - truth).abs().max()
    return dict(difference=difference.item(), largest=truth.abs().max().item())


threads = int(sys.argv[1])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)
torch.manual_seed(1)
serve(torch.__version__, threads, call_of, check)
