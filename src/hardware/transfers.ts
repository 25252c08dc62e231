import type { StepCost } from "../core/cost.ts";
import { from } from "../core/units.ts";
import { attentionLayer } from "./layers/attention.ts";
import type { Model } from "./model.ts";

/** The least that one read from a GPU's memory brings. */
const sector = from({
  title: "CUPTI, CUpti_ActivityGlobalAccess2",
  url: "https://docs.nvidia.com/cupti/api/structCUpti__ActivityGlobalAccess2.html",
  where: "l2_transactions",
})(32, "B");

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/**
 * Mean bytes that come when one of many pieces laid end to end is read: whole sectors, one more where it straddles. Of a
 * piece of p bytes and sectors of s, p - gcd(p, s) + s.
 *
 * @param piece whole bytes
 */
export const fetchedBytes = (piece: number): number =>
  piece - commonDivisor(piece, sector.value) + sector.value;

/**
 * Bytes over NVLink of a decode step for one user whose cache is spread over so many GPUs, each of which attends to its
 * part, where the outputs of the heads are exchanged (Helix): per layer Hq dv bf16 and two float32 a head, a share of it
 * from each to each, whatever the context and the variant. All GPUs together.
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
 * Bytes over NVLink where one GPU attends for the user and the rows that it reads come from all the others; the index is
 * searched where it lies.
 */
export const gatheredBytes = ({ kvReadBytes }: StepCost, gpus: number): number =>
  (kvReadBytes * (gpus - 1)) / gpus;
