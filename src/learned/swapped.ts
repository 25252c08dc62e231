import type { Rank } from "@tensorflow/tfjs-core";
import { attender } from "../attention/attender.ts";
import type { KeyValueCache, Queries } from "../attention/cache.ts";
import { parseShaping } from "../attention/spec.ts";
import type { AttentionSpec } from "../attention/spec.ts";
import { cacheFromTensors } from "../attention/tensors.ts";
import { UsageError } from "../core/errors.ts";
import { evenPositions } from "../core/places.ts";
import { mean } from "../core/stats.ts";
import { flat, tensor, zeros } from "../core/tensor.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Ops } from "../engines/ops.ts";
import { reusedSpaces } from "../engines/reused-spaces.ts";
import type { Autograd } from "./autograd.ts";
import type { Mix } from "./mixers/mixer.ts";
import { logitsOf } from "./model.ts";
import type { ReaderShape } from "./shape.ts";
import type { LabelledBatch } from "./tasks/labelled.ts";
import { tensorsOf } from "./train.ts";
import type { ReaderWeights } from "./weights.ts";

/** One asked place of a reader whose attention was swapped. */
export interface SwappedAnswer {
  readonly right: boolean;
  /** share of the heads that read the token that holds the answer */
  readonly recall: number;
  /** attention weight on it, mean over the heads */
  readonly goldMass: number;
}

/** Attention in the place of a reader's own. */
export interface Swap {
  readonly spec: AttentionSpec;
  readonly ops: Ops;
  /** tokens of the context of each sequence: eviction chooses among them, and by their queries alone */
  readonly context: number;
}

/**
 * Lets a trained reader answer with another attention than it was trained with. Its queries, keys and values are its own;
 * every asked place is a decode query, which reads what the variant lets it read of the tokens up to its own.
 *
 * @returns answers in the order of the batch
 * @throws UsageError for a reader of several layers, whose later layers would need all queries of the first
 */
export function answerSwapped(
  tf: Autograd,
  { shape, weights }: { readonly shape: ReaderShape; readonly weights: ReaderWeights },
  batch: LabelledBatch,
  swap: Swap,
): SwappedAnswer[] {
  if (shape.mixers.length !== 1)
    throw new UsageError(`attention can be swapped in readers of one layer; got ${shape.mixers.length}`);
  const seen: Omit<SwappedAnswer, "right">[] = [];
  const mix = swappedMix(batch, swap, (i, one) => (seen[i] = one));
  let right: readonly boolean[] = [];
  tf.tidy(() => {
    const logits = logitsOf({ tf, shape, weights: tensorsOf(tf, shape, weights), mix }, batch);
    const chosen = tf.argMax(logits, 1).dataSync();
    right = Array.from(batch.answers, (answer, i) => answer === chosen[i]);
  });
  return seen.map((one, i) => ({ right: right[i]!, ...one }));
}

/** The mixer that attends by a variant at the asked places; the outputs of all others are 0. */
function swappedMix(
  { asked, sources }: LabelledBatch,
  { spec, ops, context }: Swap,
  onRead: (i: number, seen: Omit<SwappedAnswer, "right">) => void,
): Mix {
  const { variant, params, kvDtype = "f32", logitShaping: shaping = parseShaping("none") } = spec;
  const memory = { space: reusedSpaces(ops), round: ops.round.bind(ops) };
  return (tf, { q, k, v }) => {
    const [sequences, heads, tokens, d] = q.shape as [number, number, number, number];
    const size = heads * tokens * d;
    const operands = [q, k, v].map((operand) => operand.dataSync() as Float32Array);
    const out = new Float32Array(sequences * size);
    for (let s = 0; s < sequences; s++) {
      const [queries, keys, values] = operands.map((all) =>
        tensor(all.subarray(s * size, (s + 1) * size), [heads, tokens, d]),
      ) as [Tensor, Tensor, Tensor];
      const made = cacheFromTensors(memory, { q: queries, k: keys, v: values }, { kvDtype });
      const cache = ofContext(made, context);
      const own = Array.from(asked, (place, i) => ({ i, place: place - s * tokens }))
        .filter(({ place }) => place >= 0 && place < tokens)
        .sort((a, b) => a.place - b.place);
      const places = Int32Array.from(own, ({ place }) => place);
      const result = attender(
        { variant, params, shaping },
        cache,
        ops,
      )(queriesAt(made.queries, places, "decode"));
      own.forEach(({ i, place }, row) => {
        const source = sources[i]! - s * tokens;
        result.heads.forEach(({ output }, h) =>
          out.set(flat(output).subarray(row * d, (row + 1) * d), s * size + (h * tokens + place) * d),
        );
        onRead(i, {
          recall: mean(result.heads.map((head) => Number(head.reads(row, source)))),
          goldMass: mean(result.heads.map((head) => head.weights(row, [source])[0]!)),
        });
      });
    }
    return tf.tensor<Rank.R4>(out, [sequences, heads, tokens, d]);
  };
}

/** The queries of some places of all, one query head for each kv head. @param places ascending */
function queriesAt(all: Queries, places: Int32Array, phase: Queries["phase"]): Queries {
  const heads = all.heads.map((rows) => {
    const d = rows.shape[1]!;
    const chosen = zeros(places.length, d);
    places.forEach((from, to) => flat(chosen).set(flat(rows).subarray(from * d, (from + 1) * d), to * d));
    return chosen;
  });
  return { ...all, heads, count: places.length, positions: places, phase };
}

/** A cache whose first tokens are the context. @param made the cache and the queries of all its tokens */
const ofContext = (
  { cache, queries }: { readonly cache: KeyValueCache; readonly queries: Queries },
  context: number,
): KeyValueCache => ({
  ...cache,
  contextEnd: context - 1,
  observed(count, queryAware, spread = "last") {
    const end = queryAware ? cache.tokens : context;
    const size = Math.min(count, end);
    const places =
      spread === "last"
        ? Int32Array.from({ length: size }, (_, i) => end - size + i)
        : evenPositions(size, end - 1);
    return queriesAt(queries, places, "prefill");
  },
});
