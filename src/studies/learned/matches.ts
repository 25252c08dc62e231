import { mean, median, variance } from "../../core/stats.ts";
import type { ReaderCapture } from "../../learned/capture.ts";

/** Measures of the queries of a capture whose answers are known: medians over queries and heads of a layer. */
export interface MatchMeasures {
  /** standard deviation of a query's logits, without its answer's: the reader's sharpness g */
  readonly spread: number;
  /** logit of the answer above the mean of the others, in these standard deviations */
  readonly margin: number;
  /** the same of the token before the answer, which is the key itself in recall */
  readonly before: number;
  readonly queries: number;
}

/** Measures a layer of a capture by its matches: the queries, and the tokens that hold their answers. */
export function measureMatches({ q, k, matches }: ReaderCapture, layer: number): MatchMeasures {
  const [, heads, tokens, d] = q.shape as [number, number, number, number];
  const measured = Array.from({ length: heads }, (_, h) => (layer * heads + h) * tokens * d).flatMap(
    (start) =>
      matches.map(({ query, source }) => {
        const logit = (key: number): number => {
          let sum = 0;
          for (let c = 0; c < d; c++) sum += q.data[start + query * d + c]! * k.data[start + key * d + c]!;
          return sum / Math.sqrt(d);
        };
        const others = Array.from({ length: query + 1 }, (_, key) => key)
          .filter((key) => key !== source && key !== source - 1)
          .map(logit);
        const [centre, spread] = [mean(others), Math.sqrt(variance(others))];
        const above = (key: number): number => (logit(key) - centre) / spread;
        return { spread, margin: above(source), before: above(source - 1) };
      }),
  );
  const medianOf = (name: "spread" | "margin" | "before"): number => median(measured.map((one) => one[name]));
  return {
    spread: medianOf("spread"),
    margin: medianOf("margin"),
    before: medianOf("before"),
    queries: measured.length,
  };
}
