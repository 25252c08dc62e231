import { readsState } from "../../mean-field/state.ts";
import { halfLifeAt, halfLifeParams } from "../../parts/half-lives.ts";
import type { HalfLives } from "../../parts/half-lives.ts";
import { decayOf, recur, stateCost, stateRefuses, stateNotConvex } from "../../parts/recurrent.ts";
import { defineVariant } from "../../variant.ts";

/** Half-life of head h of `heads`, in tokens. */
const lifeOf = (h: number, heads: number, lives: HalfLives): number =>
  halfLifeAt(heads === 1 ? 0.5 : h / (heads - 1), lives);

/**
 * Mamba-2, structured state-space duality: a sum of k v^T that decays by one scalar for each head. B is the key, C the
 * query, dt x the value.
 *
 * Dao and Gu 2024, arXiv 2405.21060, listing 1; code state-spaces/mamba 5d468df, mamba_ssm/modules/ssd_minimal.py. A
 * layer of Nemotron 3 Nano has 64 heads with a state of 128 by 64 each in float32; its kernel of the convolution before
 * the state is 4 wide.
 */
export const mamba2 = defineVariant({
  name: "mamba-2",
  family: "recurrent",
  summary: "a state that decays by one scalar for each head (Mamba-2, SSD)",
  formula:
    "S_t = a_h S_(t-1) + k_t v_t^T, o_t = S_t^T q_t; a_h = exp(dt A_h), k = B, q = C, v = dt x; state (d, dv) for each kv head; |k| = |q| = 1",
  sources: [
    {
      title:
        "Transformers are SSMs: Generalized Models and Efficient Algorithms Through Structured State Space Duality",
      url: "https://arxiv.org/abs/2405.21060",
      where: "section 6, listing 1",
    },
    {
      title: "state-spaces/mamba",
      url: "https://github.com/state-spaces/mamba",
      where: "mamba_ssm/modules/ssd_minimal.py, ssd_minimal_discrete",
    },
  ],
  differs: [
    "A head's decay is the same for every token, and half-lives are spread over the heads, evenly in their logarithm; the source learns dt as a function of each token, so that one token may be written strongly and others hardly.",
    "Keys and queries have unit length and are those of each kv head; in the source B and C are shared by a group of heads and are not normalised.",
    "The convolution before the state, the skip connection D x and the gate behind it are left out.",
  ],
  params: halfLifeParams("head"),
  prefill: "same",
  small: { shortest: 10, longest: 100 },
  notConvex: stateNotConvex,
  refuses: stateRefuses,
  prepare: () => undefined,
  attend: (given, lives) =>
    recur(given, (h) => ({
      decay: new Float64Array(given.cache.headDim).fill(decayOf(lifeOf(h, given.cache.heads.length, lives))),
      strength: 1,
      replaces: false,
    })),
  cost: (shape) => stateCost(shape, 3),
  kernels: { mamba: () => ({}) },
  meanField: (crowd, lives) =>
    Array.from({ length: crowd.kvHeads }, (_, h) => ({
      ...readsState(crowd, {
        strength: 1,
        replaces: false,
        rates: [Math.LN2 / lifeOf(h, crowd.kvHeads, lives)],
      }),
      heads: [h, h + 1] as const,
    })),
});
