import { groupBy } from "../../core/group.ts";
import { mean, median, quantile } from "../../core/stats.ts";
import type { CapturedHead } from "./heads.ts";
import type { HeadLoss } from "./losses.ts";
import type { CaptureAnswer } from "./run.ts";

/** Heads of a layer together. */
export interface LayerMeasures {
  readonly layer: number;
  /** means over the layer's heads */
  readonly meanShare: number;
  readonly effectiveRank: number;
  readonly centredRank: number;
  readonly spread: number;
  /** quantiles over the queries of the layer's heads: a tenth, half and nine tenths are lower */
  readonly match: readonly [number, number, number];
  /** median match of known facts over the layer's heads; null where none is known */
  readonly factMatch: number | null;
  /** retrieval heads, of all */
  readonly retrievalHeads: number;
  readonly heads: number;
}

const medianOrNull = (values: readonly number[]): number | null =>
  values.length === 0 ? null : median(values);

/** The measures of each layer. */
export const layerMeasures = (heads: readonly CapturedHead[]): LayerMeasures[] =>
  [...groupBy(heads, ({ layer }) => layer)].map(([layer, own]) => {
    const of = (value: (head: CapturedHead) => number): number => mean(own.map(value));
    const matches = Float64Array.from(own.flatMap(({ queries }) => queries.map(({ match }) => match))).sort();
    return {
      layer,
      meanShare: of(({ meanShare }) => meanShare),
      effectiveRank: of(({ effectiveRank }) => effectiveRank),
      centredRank: of(({ centredRank }) => centredRank),
      spread: of(({ spread }) => spread),
      match: [quantile(matches, 0.1), quantile(matches, 0.5), quantile(matches, 0.9)],
      factMatch: medianOrNull(own.flatMap(({ queries }) => queries.flatMap(({ fact }) => fact?.match ?? []))),
      retrievalHeads: own.filter(({ isRetrieval }) => isRetrieval).length,
      heads: own.length,
    };
  });

/** Losses by one variant: means over heads. */
export interface VariantLoss {
  readonly variant: string;
  readonly layer: number | undefined;
  readonly denseInPhase: boolean;
  readonly tokensRead: number;
  readonly denseMass: number;
  readonly recall: number;
  /** null where no fact is known */
  readonly factRecall: number | null;
  /** of the heads that have one */
  readonly error: number;
  /** the head with the largest error */
  readonly worst: HeadLoss;
}

const meanOrNull = (values: readonly number[]): number | null => (values.length === 0 ? null : mean(values));

/** Losses by each variant over all layers, or by each variant in each layer. */
export const variantLosses = (losses: readonly HeadLoss[], byLayer = false): VariantLoss[] =>
  [...groupBy(losses, ({ variant, layer }) => (byLayer ? `${layer} ${variant}` : variant)).values()].map(
    (own) => ({
      variant: own[0]!.variant,
      layer: byLayer ? own[0]!.layer : undefined,
      denseInPhase: own[0]!.denseInPhase,
      tokensRead: mean(own.map(({ tokensRead }) => tokensRead)),
      denseMass: mean(own.map(({ denseMass }) => denseMass)),
      recall: mean(own.map(({ recall }) => recall)),
      factRecall: meanOrNull(own.flatMap(({ factRecall }) => factRecall ?? [])),
      error: mean(own.flatMap(({ error }) => (error === null ? [] : [error]))),
      worst: own.reduce((worst, head) => ((head.error ?? 0) > (worst.error ?? 0) ? head : worst)),
    }),
  );

/** A head without its single queries. */
interface HeadSummary extends Omit<CapturedHead, "queries" | "fact"> {
  /** median match of known facts, and their median weight; null where none is known */
  readonly factMatch: number | null;
  readonly factWeight: number | null;
}

function summaryOf(head: CapturedHead): HeadSummary {
  const { layer, kvHead, meanShare, effectiveRank, centredRank, spread, match, retrieving, isRetrieval } =
    head;
  const { match: factMatch = null, weight: factWeight = null } = head.fact ?? {};
  return {
    layer,
    head: head.head,
    kvHead,
    meanShare,
    effectiveRank,
    centredRank,
    spread,
    match,
    factMatch,
    factWeight,
    retrieving,
    isRetrieval,
  };
}

/** The answer without the measures of single queries. */
export const captureSummary = (answer: CaptureAnswer): object => ({
  ...answer,
  heads: answer.heads.map(summaryOf),
  byLayer: layerMeasures(answer.heads),
});

/** A row for each layer, query head and variant: the head's measures and what it loses. */
export const captureRows = ({ heads, losses }: CaptureAnswer): object[] => {
  const measures = new Map(heads.map((head) => [`${head.layer} ${head.head}`, head]));
  return losses.map(({ layer, head, kvHead, ...loss }) => {
    return { ...summaryOf(measures.get(`${layer} ${head}`)!), kvHead, ...loss };
  });
};
