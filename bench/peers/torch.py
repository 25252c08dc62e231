"""PyTorch on the CPU: answers the questions of peer.ts, line by line. Usage: torch.py THREADS"""

# the script's own folder comes first on the path, and this file would be the module "torch"
import sys

sys.path.pop(0)

import json
import math
import time


def say(**message):
    print(json.dumps(message), flush=True)


try:
    import torch
    from torch.nn.functional import scaled_dot_product_attention
except ImportError as error:
    say(absent=str(error))
    sys.exit()


def queries_of(keys, queries, seen):
    """Each query is a multiple of a row that it sees, which gets about half of its weight: see operands.ts."""
    width = keys.shape[1]
    factor = math.sqrt(width) - math.sqrt(max(0, width - 2 * math.log(len(seen))))
    places = torch.arange(queries).add(0.5).mul(len(seen) / queries).long()
    return factor * keys[seen[places]]


def attend64(queries, keys, values):
    """softmax(q K^T / sqrt d) V in float64, a piece of K and V at a time."""
    scale = 1 / math.sqrt(keys.shape[1])
    scores = torch.cat([queries.double() @ part.double().T * scale for part in keys.split(2**16)], 1)
    weights = scores.softmax(1)
    return sum(w @ part.double() for w, part in zip(weights.split(2**16, 1), values.split(2**16)))


class Normals:
    """Normal numbers that are kept from question to question: making them takes longer than most workloads."""

    numbers = torch.empty(0)

    def matrix(self, rows, width):
        if self.numbers.numel() < rows * width:
            self.numbers = torch.randn(rows * width)
        return self.numbers[: rows * width].view(rows, width)


key_numbers, value_numbers = Normals(), Normals()


def call_of(kind, queries, rows, width, take, **_):
    """(run, sample of its result, what makes that in float64)"""
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
        spread = torch.arange(take)
        seen = spread * (rows // take) + (spread * 7919) % (rows // take)
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


def check(workload):
    run, sample, expected = call_of(**workload)
    result = run()
    if expected is None:  # random numbers of its own: how far mean and variance are from 0 and 1
        variance, mean = torch.var_mean(result)
        difference = max(abs(mean.item()), abs(variance.item() - 1))
        return dict(difference=difference, largest=1, tolerance=6 * math.sqrt(2 / result.numel()))
    truth = expected()
    difference = (sample(result).double() - truth).abs().max()
    return dict(difference=difference.item(), largest=truth.abs().max().item())


def milliseconds(run):
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def measure(workload, seconds, warmUp):
    """As timeCalls of timing.ts."""
    run = call_of(**workload)[0]
    if warmUp:
        run()
    times = [milliseconds(run)]
    while sum(times) < 1000 * seconds and len(times) < 1000:
        times.append(milliseconds(run))
    return dict(times=times)


threads = int(sys.argv[1])
torch.set_num_threads(threads)
torch.set_grad_enabled(False)
torch.manual_seed(1)
say(version=torch.__version__, threads=threads)
for line in sys.stdin:
    question = json.loads(line)
    try:
        if "effort" in question:
            say(**measure(question["workload"], **question["effort"]))
        else:
            say(**check(question["workload"]))
    except Exception as error:  # whatever is wrong with one workload, the others can be asked for
        say(failed=str(error).split("\n")[0])
