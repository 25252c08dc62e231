import { flat, tensor } from "../../core/tensor.ts";
import { rowsShape, sameWidth } from "../matrix.ts";
import { forgets, forgotten, forgottenEvery } from "../state.ts";
import type { StateOptions, StateRead } from "../state.ts";
import type { AttendTensors } from "./attend.ts";
import type { WasmSpace } from "./space.ts";
import { padded, placeItems } from "./split.ts";
import type { Range } from "./split.ts";
import { placeTable, roomFor } from "./table.ts";

/** Tokens of a query that are walked over before their values are added up: a core's cache holds their weights. */
const pieceTokens = 4096;
/** Pieces at work at a time: 64 MiB of weights. */
const piecesAtOnce = 2048;

/** A walk over the tokens of a piece. */
interface WalkedPiece {
  /** tokens [first, end) of a query; all tokens before `first` are forgotten if `ended` */
  readonly range: Range;
  readonly ended: boolean;
  /** (end - first) */
  readonly weights: Float64Array;
  /** (padded width) sum of the values by their weights */
  readonly output: Float64Array;
}

/**
 * Walks back over the tokens of each query, piece by piece. A state that forgets needs the end of one piece for the
 * next one. Pieces depend on the shapes alone, and are added up in their order.
 */
export function readState(tensors: AttendTensors, options: StateOptions): StateRead {
  const { queries, keys, values, keySpace } = tensors;
  const { first, visible } = options;
  sameWidth("queries", queries.shape[1]!, rowsShape(keys.tensor).width);
  const { width } = rowsShape(values.tensor);
  const output = new Float64Array(visible.length * width);
  const found = Array.from(visible, (): Float64Array[] => []);
  const before = (group: number, end: number): Range | undefined =>
    end > first[group]! ? { group, first: Math.max(first[group]!, end - pieceTokens), end } : undefined;
  const fades = forgets(options.recurrence);
  let waiting: Range[] = [];
  visible.forEach((end, i) => {
    for (let next = before(i, end); next; next = fades ? undefined : before(i, next.first))
      waiting.push(next);
  });
  keySpace.scoped(() => {
    const walk = walker(tensors, options);
    while (waiting.length > 0) {
      const later = waiting.slice(piecesAtOnce);
      for (const { range, ended, weights, output: sums } of walk(waiting.slice(0, piecesAtOnce))) {
        found[range.group]!.push(weights);
        for (let c = 0; c < width; c++) output[range.group * width + c]! += sums[c]!;
        const next = fades && !ended ? before(range.group, range.first) : undefined;
        if (next) later.push(next);
      }
      waiting = later;
    }
  });
  return { output: tensor(output, [visible.length, width]), weights: found.map(joinedBackwards) };
}

/** Parts one after the other, the last one first. */
function joinedBackwards(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = joined.length;
  for (const part of parts) joined.set(part, (end -= part.length));
  return joined;
}

/** Places queries beside the keys. @returns a function that walks over pieces and copies their results to the heap */
function walker(
  { queries, keys, values, keySpace, valueSpace }: AttendTensors,
  { feature, recurrence }: StateOptions,
): (ranges: readonly Range[]) => WalkedPiece[] {
  const { decay, strength, replaces } = recurrence;
  const { width } = rowsShape(keys.tensor);
  const { width: valueWidth } = rowsShape(values.tensor);
  const [stride, valueStride] = [padded(width), padded(valueWidth)];
  const placeDoubles = (numbers: Float32Array | Float64Array): number => {
    const rows = numbers.length / width;
    const copy = new Float64Array(rows * stride);
    for (let i = 0; i < rows; i++) copy.set(numbers.subarray(i * width, (i + 1) * width), i * stride);
    return keySpace.copyDoubles(copy);
  };
  const vectors = placeDoubles(flat(queries));
  const decayAt = forgets(recurrence) ? placeDoubles(decay) : 0;
  const keysAt = placeTable(keySpace, keys.tensor);
  const rule = [decayAt, Number(feature === "elu"), strength, Number(replaces), forgotten, forgottenEvery];
  return (ranges) =>
    keySpace.scoped(() => {
      const walked = keySpace.allocate(8 * ranges.length * pieceTokens);
      const reached = keySpace.allocate(4 * ranges.length);
      const run = (space: WasmSpace, kernel: string, columns: number, args: readonly number[]): void =>
        space.run({
          kernel,
          items: ranges.length,
          args: [pieceTokens, placeItems(space, ranges), ...args],
          scratch: 8 * padded(columns) + 4 * roomFor(1, padded(columns)),
          work: 2 * columns * ranges.reduce((sum, { first, end }) => sum + end - first, 0),
        });
      run(keySpace, "stateWeights", width, [keysAt, vectors, ...rule, walked, reached]);
      const stops = keySpace.ints(reached, ranges.length).slice();
      const weights = keySpace.doubles(walked, ranges.length * pieceTokens);
      return valueSpace.scoped(() => {
        const out = valueSpace.allocate(8 * ranges.length * valueStride);
        const there = valueSpace === keySpace ? walked : valueSpace.copyDoubles(weights);
        const stopsAt = valueSpace === keySpace ? reached : valueSpace.copyIn(stops);
        run(valueSpace, "stateOutput", valueWidth, [
          placeTable(valueSpace, values.tensor),
          there,
          stopsAt,
          out,
        ]);
        const outputs = valueSpace.doubles(out, ranges.length * valueStride);
        return ranges.map((range, i) => {
          const ended = stops[i]! < 0;
          const first = ended ? ~stops[i]! : stops[i]!;
          const at = i * pieceTokens - range.first;
          return {
            range,
            ended,
            weights: weights.slice(at + first, at + range.end),
            output: outputs.slice(i * valueStride, (i + 1) * valueStride),
          };
        });
      });
    });
}
