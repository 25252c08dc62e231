import type { KeyValueCache, Queries } from "../../attention/cache.ts";
import { countBelow } from "../../core/places.ts";
import { unmeasured } from "../../core/profile.ts";
import { hash64, Random } from "../../core/random.ts";
import { flat, rowsOf } from "../../core/tensor.ts";
import type { PrefillError } from "../../tasks/circuit.ts";
import type { Problem } from "../../tasks/task.ts";
import { matrix, normaliseRows } from "./codes.ts";
import { readWithEach } from "./mechanism.ts";
import type { Mechanism, Outcome } from "./mechanism.ts";
import { makeQueries } from "./queries.ts";
import { askFor, embedRecords } from "./records.ts";
import { Trace } from "./trace.ts";
import type { Workspace } from "./workspace.ts";

/** Positions asked together, a block of queries as prefill kernels have them. */
const blockQueries = 128;

/**
 * Compares the outputs of the context's own queries with those of dense attention. Blocks of positions are asked, evenly
 * over the prompt, the last one at its end. A share of the queries asks for a record before them, the others are noise.
 * This is no circuit over a reading: it looks at whole outputs, which the mean field does not draw.
 */
export function* prefillError(
  workspace: Workspace,
  { records, asking, queries: asked }: PrefillError,
  features: Problem["features"],
  mechanisms: readonly Mechanism[],
): Generator<Outcome> {
  const { ops, params, seed, tokens, measure } = workspace;
  const [column] = records.key;
  const embedded = embedRecords(workspace, {
    records,
    features,
    questions: [askFor(column!.features[records.count - 1]!)],
  });
  /** The feature that a position asks for: that of a record before it, or -1. */
  const wantedAt = (position: number): number => {
    const random = new Random(`${seed}/prefill/${position}`);
    const before = countBelow(records.anchor, position);
    return before > 0 && random.uniform() < asking ? column!.features[random.below(before)]! : -1;
  };
  const queriesAt = (positions: Int32Array): Queries => {
    const wanted = Array.from(positions, wantedAt);
    const ids = Uint32Array.from([...positions].flatMap((position) => [position, 0]));
    const codes = embedded.ideal(wanted.map((feature) => askFor(Math.max(0, feature))));
    const ideal = codes.map((rows, h) => {
      const noise = matrix(wanted.length, params.headDim);
      ops.fillNormal(noise, hash64(`${seed}/prefill/noise/${h}`), ids);
      wanted.forEach((feature, i) => {
        if (feature >= 0) flat(rowsOf(noise, i, i + 1)).set(flat(rowsOf(rows, i, i + 1)));
      });
      return normaliseRows(noise);
    });
    return makeQueries(workspace, {
      name: "prefill",
      ideal,
      ids,
      positions,
      phase: "prefill",
      step: 0,
    });
  };
  // there is no question: the prompt's last queries are like all others
  const cache: KeyValueCache = {
    ...embedded.cache,
    contextEnd: tokens - 1,
    observed(count, _queryAware, spread) {
      const size = Math.min(count, tokens);
      const last = Int32Array.from({ length: size }, (_, i) => tokens - size + i);
      return queriesAt(spread === "even" ? blocksOfPositions(tokens, size, 1) : last);
    },
  };
  const positions = blocksOfPositions(tokens, asked, blockQueries);
  const queries = queriesAt(positions);
  const gold = Array.from(positions, (position) => {
    const feature = wantedAt(position);
    return feature < 0 ? [] : embedded.anchors[feature]!.filter((anchor) => anchor <= position);
  });
  const nameOf = (i: number): string => {
    const wanted = wantedAt(positions[i]!);
    return wanted < 0 ? "nothing" : features[wanted]!;
  };
  const visible = Int32Array.from(
    { length: positions.length * params.groupSize },
    (_, row) => positions[Math.floor(row / params.groupSize)]! + 1,
  );
  const dense = measure("attend", () =>
    cache.heads.map(({ keys, values }, h) =>
      ops.attend(queries.heads[h]!, keys, values, { visible, scale: queries.scale }),
    ),
  );

  yield* readWithEach(workspace.spaces, mechanisms, ({ over, measure = unmeasured, watch }) => {
    const result = over(cache)(queries);
    const trace = new Trace(watch && { watch });
    measure("score", () => {
      trace.add({ cache, queries, result, gold, nameOf });
    });
    let [off, length] = [0, 0];
    for (const [h, { output }] of result.heads.entries()) {
      const own = flat(output);
      flat(dense[h]!.output).forEach((x, at) => {
        off += (own[at]! - x) ** 2;
        length += x * x;
      });
    }
    return { conclusion: [Math.sqrt(off / length)], seen: trace.means() };
  });
}

/** Whole blocks of positions evenly over the prompt, the last at its end; all positions of a prompt that is no longer. */
function blocksOfPositions(tokens: number, asked: number, block: number): Int32Array {
  if (asked >= tokens) return Int32Array.from({ length: tokens }, (_, i) => i);
  const size = Math.min(block, asked);
  const blocks = Math.max(1, Math.floor(asked / size));
  const last = Math.floor((tokens - size) / size);
  const starts = Array.from({ length: blocks }, (_, b) =>
    Math.min(tokens - size, size * Math.round(((b + 1) * last) / blocks)),
  );
  return Int32Array.from(
    [...new Set(starts)].flatMap((start) => Array.from({ length: size }, (_, i) => start + i)),
  );
}
