"""Makes the tensors of this folder: python make.py, with numpy, safetensors and ml_dtypes installed."""

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

rng = np.random.default_rng(7)
query_heads, kv_heads, queries, tokens, d = 4, 2, 3, 70, 16
q = rng.standard_normal((query_heads, queries, d), dtype=np.float32)
k = rng.standard_normal((kv_heads, tokens, d), dtype=np.float32)
v = rng.standard_normal((kv_heads, tokens, d), dtype=np.float32)


def attention(q, k, v):
    """Dense causal attention in float64; query i stands at position tokens - queries + i."""
    out = np.zeros(q.shape)
    for head in range(query_heads):
        keys = k[head * kv_heads // query_heads].astype(np.float64)
        values = v[head * kv_heads // query_heads].astype(np.float64)
        for i in range(queries):
            visible = tokens - queries + i + 1
            scores = keys[:visible] @ q[head, i].astype(np.float64) / np.sqrt(d)
            weights = np.exp(scores - scores.max())
            out[head, i] = weights / weights.sum() @ values[:visible]
    return out


bf16 = ml_dtypes.bfloat16
np.save("q.npy", q)
np.save("k.npy", k)
np.save("v.npy", v)
np.save("out.npy", attention(q, k, v))
np.save("out-bf16.npy", attention(q, k.astype(bf16).astype(np.float32), v.astype(bf16).astype(np.float32)))
save_file({"q": q, "k": k, "v": v}, "qkv.safetensors", metadata={"format": "np"})

# the same small numbers in every element type that is read
small = np.array([[0, -0.0, 1, -1.5, 65504, 2**-24], [3.140625, 1 / 3, -1e-3, np.inf, -np.inf, 6.1e-5]])
np.save("small-f2.npy", small.astype("<f2"))
np.save("small-f4.npy", small.astype("<f4"))
np.save("small-f8.npy", small)
save_file(
    {"f16": small.astype(np.float16), "f32": small.astype(np.float32), "f64": small, "bf16": small.astype(bf16)},
    "small.safetensors",
)

# what is refused
np.save("fortran.npy", np.asfortranarray(small.astype("<f4")))
np.save("big-endian.npy", small.astype(">f4"))
np.save("integers.npy", np.arange(6))
np.save("records.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<f4")]))
save_file({"ints": np.arange(6)}, "integers.safetensors")

# what is written must be byte for byte what numpy writes
np.save("written-1d.npy", np.array([1.5, -2, 3], dtype="<f4"))
np.save("written-3d.npy", np.arange(24, dtype="<f4").reshape(2, 3, 4))
with open("version2.npy", "wb") as file:
    np.lib.format.write_array(file, small.astype("<f4"), version=(2, 0))
with open("version3.npy", "wb") as file:
    np.lib.format.write_array(file, small.astype("<f4"), version=(3, 0))
