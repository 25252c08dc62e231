import { overhead, overlap, share } from "../constants/constants.ts";
import type { Machine } from "./machine.ts";
import { roofline } from "./roofline.ts";
import type { OperatorTime } from "./time.ts";

/** A gated delta rule on one GPU: KDA (a gate for each channel) or GDN (one for each head). */
export interface LinearShape {
  readonly kind: "kda" | "gdn";
  readonly requests: number;
  /** of each request; 1 is a decode step */
  readonly newTokens: number;
  readonly keyHeads: number;
  readonly valueHeads: number;
  readonly headDim: number;
}

const constants = {
  overhead: overhead(10e-6),
  compute: share(0.2, "of peak bf16 arithmetic"),
  memory: share(0.6, "of HBM bandwidth"),
  overlap: overlap(2),
} as const;

export const linearPrefillKernel = {
  name: "linear-prefill",
  constants: { ...constants, step: overhead(1e-6, "of one chunk after the other: the recurrence is serial") },
} as const;

/** Tokens of a chunk, within which the recurrence is a product of matrices. */
const chunk = 64;

/**
 * Time of chunked prefill: per token and value head about 4 d^2 operations with the state and 4 C d within its chunk of C
 * tokens; Q, K, V, gates and outputs in bf16; a state of d x d in float32 that is read and written.
 */
export function linearPrefill(machine: Machine, shape: LinearShape): OperatorTime {
  const { kind, requests, newTokens, keyHeads, valueHeads, headDim } = shape;
  const c = machine.constants(linearPrefillKernel, kind);
  const tokens = requests * newTokens;
  const chunks = Math.ceil(newTokens / chunk);
  return roofline(
    machine,
    `${kind} prefill, ${valueHeads} heads`,
    {
      precision: "bf16",
      flops: tokens * valueHeads * (4 * headDim ** 2 + 4 * chunk * headDim),
      bytes:
        2 * tokens * headDim * (2 * keyHeads + (kind === "kda" ? 3 : 2) * valueHeads) +
        8 * requests * valueHeads * headDim ** 2,
    },
    { ...c, overhead: c.overhead + chunks * c.step },
  );
}

export const linearDecodeKernel = { name: "linear-decode", constants } as const;

/** Time of one token: the float32 state of d x d of each value head is read and written. */
export function linearDecode(machine: Machine, shape: Omit<LinearShape, "newTokens">): OperatorTime {
  const { kind, requests, valueHeads, headDim } = shape;
  return roofline(
    machine,
    `${kind} decode, ${valueHeads} heads`,
    {
      precision: "bf16",
      flops: 8 * requests * valueHeads * headDim ** 2,
      bytes: 8 * requests * valueHeads * headDim ** 2,
    },
    machine.constants(linearDecodeKernel, kind),
  );
}
