"""NumPy, whose matrix products have THREADS threads: answers the questions of peer.ts. Usage: numpy.py THREADS"""

import os
import sys

sys.dont_write_bytecode = True
from protocol import Normals, moments, query_factor, say, serve, spread_rows

# the script's own folder comes first on the path, and this file would be the module "numpy"
sys.path.pop(0)

import math

threads = int(sys.argv[1])
for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ[f"{library}_NUM_THREADS"] = str(threads)
try:
    import numpy as np
except ImportError as error:
    say(absent=str(error))
    sys.exit()

random = np.random.default_rng(1)
normal = lambda count: random.standard_normal(count, np.float32)
key_numbers, value_numbers = Normals(normal), Normals(normal)


def queries_of(keys, queries, seen):
    places = ((np.arange(queries) + 0.5) * (len(seen) / queries)).astype(int)
    return np.float32(query_factor(keys.shape[1], len(seen))) * keys[seen[places]]


def attend(queries, keys, values, hidden=None):
    """softmax(q K^T / sqrt d) V"""
    weights = queries @ keys.T
    weights *= weights.dtype.type(1 / math.sqrt(keys.shape[1]))
    if hidden is not None:
        weights[:, -len(queries) :][hidden] = -np.inf
    weights -= weights.max(1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(1, keepdims=True)
    return weights @ values


def attend64(queries, keys, values):
    return attend(queries.astype(float), keys.astype(float), values.astype(float))


def prefill(queries, keys, values, block=512):
    """Query i sees the rows up to i: blocks of queries against the rows that the last of them sees."""
    hidden = np.triu(np.ones((min(block, len(queries)),) * 2, bool), 1)
    starts = range(0, len(queries), block)
    ends = [min(start + block, len(queries)) for start in starts]
    parts = [
        attend(queries[start:end], keys[:end], values[:end], hidden[: end - start, : end - start])
        for start, end in zip(starts, ends)
    ]
    return np.concatenate(parts)


def call_of(kind, queries, rows, width, take):
    keys = key_numbers.matrix(rows, width)
    if kind == "normals":
        out = np.empty(rows * width, np.float32)
        return lambda: random.standard_normal(out=out, dtype=np.float32), None, None
    if kind == "top":
        scores = keys[:, 0]
        return (
            lambda: np.argpartition(scores, -take)[-take:],
            lambda top: np.sort(scores[top]),
            lambda: np.sort(scores.astype(float))[-take:],
        )
    if kind == "gemm":
        q = value_numbers.matrix(queries, width)
        return lambda: q @ keys.T, lambda out: out[0], lambda: q[0].astype(float) @ keys.astype(float).T
    if kind == "block-mean":
        blocks = keys.reshape(-1, take, width)
        return lambda: blocks.mean(1), lambda out: out, lambda: blocks.mean(1, dtype=float)
    values = value_numbers.matrix(rows, width)
    if kind == "gather":
        seen = np.array(spread_rows(rows, take))
        q = queries_of(keys, queries, seen)
        return (
            lambda: attend(q, keys[seen], values[seen]),
            lambda out: out,
            lambda: attend64(q, keys[seen], values[seen]),
        )
    q = queries_of(keys, queries, np.arange(rows))
    if kind == "prefill":
        some = sorted({0, queries // 2, queries - 1})
        return (
            lambda: prefill(q, keys, values),
            lambda out: out[some],
            lambda: np.concatenate([attend64(q[i : i + 1], keys[: i + 1], values[: i + 1]) for i in some]),
        )
    some = sorted({0, queries - 1})
    return lambda: attend(q, keys, values), lambda out: out[some], lambda: attend64(q[some], keys, values)


def check(run, sample, expected):
    result = run()
    if expected is None:
        return moments(float(result.mean(dtype=float)), float(result.var(dtype=float)), result.size)
    truth = expected()
    return dict(difference=float(abs(sample(result) - truth).max()), largest=float(abs(truth).max()))


serve(np.__version__, threads, call_of, check)
