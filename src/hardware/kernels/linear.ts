import { overhead, overlap, share } from "../constants/constants.ts";
import type { Machine } from "./machine.ts";
import { roofline } from "./roofline.ts";
import type { OperatorTime } from "./operator-time.ts";

/** A gated delta rule on one GPU: KDA (a gate for each channel) or GDN (one for each head). */
export interface LinearShape {
  readonly kind: "kda" | "gdn";
  readonly requests: number;
  /** of each request; 1 is a decode step */
  readonly newTokens: number;
  readonly keyHeads: number;
  readonly valueHeads: number;
  /** of a query, a key and a row of the state */
  readonly keyDim: number;
  /** of a value and a column of the state */
  readonly valueDim: number;
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
 * Time of chunked prefill: per token and value head about 4 d dv operations with the state and 2 C (d + dv) within its
 * chunk of C tokens; Q, K, V, gates and outputs in bf16; a state of d x dv in float32 that is read and written.
 */
export function linearPrefill(machine: Machine, shape: LinearShape): OperatorTime {
  const { kind, requests, newTokens, keyHeads, valueHeads, keyDim, valueDim } = shape;
  const c = machine.constants(linearPrefillKernel, kind);
  const tokens = requests * newTokens;
  const chunks = Math.ceil(newTokens / chunk);
  return roofline(
    machine,
    `${kind} prefill, ${valueHeads} heads`,
    {
      precision: "bf16",
      flops: tokens * valueHeads * (4 * keyDim * valueDim + 2 * chunk * (keyDim + valueDim)),
      bytes:
        2 * tokens * (2 * keyHeads * keyDim + valueHeads * (2 * valueDim + (kind === "kda" ? keyDim : 0))) +
        8 * requests * valueHeads * keyDim * valueDim,
    },
    { ...c, overhead: c.overhead + chunks * c.step },
  );
}

export const linearDecodeKernel = { name: "linear-decode", constants } as const;

/** Time of one token: the float32 state of d x dv of each value head is read and written. */
export function linearDecode(machine: Machine, shape: Omit<LinearShape, "newTokens">): OperatorTime {
  const { kind, requests, valueHeads, keyDim, valueDim } = shape;
  return roofline(
    machine,
    `${kind} decode, ${valueHeads} heads`,
    {
      precision: "bf16",
      flops: 8 * requests * valueHeads * keyDim * valueDim,
      bytes: 8 * requests * valueHeads * keyDim * valueDim,
    },
    machine.constants(linearDecodeKernel, kind),
  );
}
