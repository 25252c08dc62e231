import type { Phase } from "../../attention/cache.ts";
import type { Circuit, RecordSet } from "../../tasks/circuit.ts";
import type { Mass } from "./gold.ts";

/** Kinds of tokens that are not gold themselves: of a gold record, of a record that shares a part of its key, others. */
export type OtherKind = "own" | "alike" | "rest";

/** Records that the caches of a phase hold. */
export function recordsRead(circuit: Circuit, phase: Phase): RecordSet {
  if (circuit.kind !== "count-retrieve") return circuit.records;
  return phase === "prefill" ? circuit.requests : circuit.responses;
}

/** Number of the record that holds a token; -1 for none. */
export const recordAt = ({ count, start, anchor }: RecordSet, token: number): number =>
  Array.from({ length: count }, (_, r) => r).find((r) => start[r]! <= token && token <= anchor[r]!) ?? -1;

/** Weights and numbers of read tokens beside the gold ones, by kind. @param read share of the heads that read each */
export function otherMasses(
  records: RecordSet,
  gold: ReadonlySet<number>,
  { read, weights }: { readonly read: Float64Array; readonly weights: Float64Array },
): Record<OtherKind, Mass> {
  const kinds = new Uint8Array(weights.length);
  const goldRecords = Array.from({ length: records.count }, (_, r) => r).filter((r) =>
    holds(records, r, gold),
  );
  const isGold = new Set(goldRecords);
  for (let r = 0; r < records.count; r++) {
    const alike = goldRecords.some((g) => sharesKey(records, g, r));
    const code = isGold.has(r) ? 1 : alike ? 2 : 0;
    if (code > 0) kinds.fill(code, records.start[r], records.anchor[r]! + 1);
  }
  const sums = ["rest", "own", "alike"].map(() => ({ weight: 0, tokens: 0 }));
  weights.forEach((weight, t) => {
    if (gold.has(t)) return;
    const sum = sums[kinds[t]!]!;
    sum.weight += weight;
    sum.tokens += read[t]!;
  });
  const [rest, own, alike] = sums;
  return { own: own!, alike: alike!, rest: rest! };
}

function holds({ start, anchor }: RecordSet, r: number, positions: ReadonlySet<number>): boolean {
  if (positions.has(anchor[r]!)) return true;
  for (let t = start[r]!; t < anchor[r]!; t++) if (positions.has(t)) return true;
  return false;
}

const sharesKey = ({ key }: RecordSet, a: number, b: number): boolean =>
  key.some(({ features }) => features[a]! >= 0 && features[a] === features[b]);
