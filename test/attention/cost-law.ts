import type { AnyVariant } from "../../src/attention/variant.ts";
import { keyValueBytes } from "../../src/core/cost.ts";
import { resolveParams } from "../../src/core/params.ts";
import type { AnyParams } from "../../src/core/params.ts";
import { Random } from "../../src/core/random.ts";
import type { counting } from "../../src/engines/counting.ts";
import { world } from "./fixtures.ts";

/** Parameters at which a variant leaves something out of a cache of 300 tokens. */
export const smallSettings = (variant: AnyVariant): AnyParams =>
  resolveParams(variant.name, variant.params, variant.small);

/**
 * Where a variant's `cost` differs from what a counting engine counts, of K and V and of the index, in words; the law is
 * that it differs nowhere. The cost of an adaptive variant is an expectation: the size of the whole cache is its only bound.
 */
export function costDifferences(variant: AnyVariant, counted: ReturnType<typeof counting>): string[] {
  const random = new Random(`cost/${variant.name}`);
  return [false, true].flatMap((defaults) =>
    Array.from({ length: 12 }, (_, round) => {
      const size = [1, 2, 16, 17, 64, 65, 96, 128, 301, 512][round] ?? 1 + random.below(700);
      // long enough for the defaults to leave something out
      const tokens = defaults ? 9 * size : size;
      const [kvHeads, headDim] = [1 + random.below(3), 4 * (1 + random.below(4))];
      const bytesPerElement = random.pick([4, 2, 1, 0.5625]);
      const params = defaults ? resolveParams(variant.name, variant.params) : smallSettings(variant);
      const { cache, queries } = world(counted, { tokens, kvHeads, headDim, bytesPerElement });
      const index = variant.prepare(cache, params, counted);
      counted.counts.reset();
      variant.attend({ queries, cache, index, ops: counted }, params);
      const shape = { tokens, kvHeads, queryHeads: kvHeads, headDim, bytesPerElement };
      const { keptBytes, indexKeptBytes, kvReadBytes, indexReadBytes } =
        variant.prefill === "only" ? variant.prefillCost!(shape, params) : variant.cost(shape, params);
      const { kv, index: indexRead } = counted.counts;
      const all = keyValueBytes(shape, tokens);
      // exact but for the rounding of shares of a byte
      const isSame = (counts: number, formula: number): boolean =>
        variant.adaptive === undefined
          ? Math.abs(counts - formula) <= 1e-12 * formula
          : counts <= all && formula <= all;
      const wrong = [
        ...(isSame(kv, kvReadBytes) ? [] : [`K and V read: counted ${kv} B, cost says ${kvReadBytes} B`]),
        ...(variant.adaptive !== undefined || isSame(indexRead, indexReadBytes)
          ? []
          : [`index read: counted ${indexRead} B, cost says ${indexReadBytes} B`]),
        ...(kvReadBytes <= 2 * keptBytes ? [] : [`K and V read ${kvReadBytes} B, kept ${keptBytes} B`]),
        // an index, or the keys themselves
        ...(indexReadBytes <= indexKeptBytes + keptBytes
          ? []
          : [`index read ${indexReadBytes} B, kept ${indexKeptBytes} B`]),
      ];
      return wrong.map((what) => `${tokens} tokens: ${what}`);
    }).flat(),
  );
}
