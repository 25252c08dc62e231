import type { StepCost } from "../core/cost.ts";
import { from } from "../core/units.ts";
import { attentionLayer } from "./layers/attention.ts";
import type { Model } from "./model.ts";

/** Bytes of a sector, the smallest unit of a read from a GPU's memory. */
const sector = from({
  title: "CUPTI, CUpti_ActivityGlobalAccess2",
  url: "https://docs.nvidia.com/cupti/api/structCUpti__ActivityGlobalAccess2.html",
  where: "l2_transactions",
})(32, "B");

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/**
 * Mean bytes that a read of one of many pieces laid end to end brings: whole sectors, and one more if the piece
 * straddles them. For a piece of p bytes and sectors of s it is p - gcd(p, s) + s.
 *
 * @param piece whole bytes
 */
export const fetchedBytes = (piece: number): number =>
  piece - commonDivisor(piece, sector.value) + sector.value;

/**
 * Bytes over NVLink of a decode step for one user, all GPUs together, if the cache is spread over `gpus` GPUs, each
 * attends to its part, and the outputs of the heads are exchanged (Helix). Each layer sends Hq dv numbers in bf16 and two
 * float32 a head, whatever the context and the variant.
 *
 * Bhatia et al. 2025, arXiv 2507.07120, section 2.1.
 */
export const exchangedBytes = ({ attention }: Model, gpus: number): number =>
  (gpus - 1) *
  attention.reduce((sum, group) => {
    const { outputWidth, outputHeads } = attentionLayer(group);
    return sum + group.layers.value * (2 * outputWidth + 8 * outputHeads);
  }, 0);

/**
 * Bytes over NVLink of a decode step for one user if one GPU attends for the user and gathers the rows that it reads from
 * all others. Each GPU searches its own part of the index.
 */
export const gatheredBytes = ({ kvReadBytes }: StepCost, gpus: number): number =>
  (kvReadBytes * (gpus - 1)) / gpus;
