import type { Queries } from "../../attention/cache.ts";
import { hash64, Random } from "../../core/random.ts";
import { flat, rowsOf, tensor } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { matrix } from "./codes.ts";
import { observedPositions } from "./queries.ts";
import type { Observed, PromptEnd } from "./queries.ts";
import { contentWidth } from "../geometry/position.ts";
import { averse, unitLength } from "./aversion.ts";
import { alongDirections } from "./directions.ts";
import { setPosition } from "./text-head.ts";
import type { TextHead } from "./text-head.ts";
import type { TextPrompt } from "./text-prompt.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Queries of prefill that follow the text. Each looks at tokens near it, at tokens that follow the same words as its next
 * one, and at tokens that stand out, mostly where it is a mark. The question's tokens ask for the answers, by turns.
 */
export function observedTextQueries(
  workspace: Workspace,
  prompt: TextPrompt,
  heads: readonly TextHead[],
  { contextEnd, queries, ...observed }: PromptEnd & Observed,
): Queries {
  const { params, seed, tokens, ops } = workspace;
  const { headDim, groupSize, sharpness } = params;
  const positions = observedPositions(observed, { tokens, contextEnd });
  const size = positions.length;
  const unit = unitLength(params);
  const rows = heads.map((head, h) => {
    const out = matrix(size * groupSize, headDim);
    ops.fillNormal(out, hash64(`${seed}/observed/${h}`));
    const asked = flat(queries[h]!);
    const turns = queries[h]!.shape[0]!;
    for (let i = 0; i < size * groupSize; i++) {
      const token = positions[Math.floor(i / groupSize)]!;
      const row = flat(rowsOf(out, i, i + 1)) as Float32Array;
      if (token > contextEnd) {
        const turn = (token - contextEnd - 1) % turns;
        row.set(asked.subarray(turn * headDim, (turn + 1) * headDim));
      } else {
        const looks = token === contextEnd || looksSeldom(seed, h, token) < prompt.geometry.seldom;
        composeQuery(row, token, prompt, { head, unit, looks });
      }
    }
    return out;
  });
  return {
    heads: rows,
    count: size,
    group: groupSize,
    positions,
    scale: sharpness / Math.sqrt(headDim),
    phase: "prefill",
  };
}

/** A uniform number of a query in one head. */
const looksSeldom = (seed: string, head: number, token: number): number =>
  new Random(`${seed}/looks/${head}/${token}`).uniform();

/** Makes the query of a token of the context of noise, in place. */
export function composeQuery(
  row: Float32Array,
  token: number,
  { geometry, stream, rotary }: TextPrompt,
  {
    head: { codes },
    unit,
    looks,
  }: { readonly head: TextHead; readonly unit: number; readonly looks: boolean },
): void {
  const d = row.length;
  const width = contentWidth(d);
  // logits of a query of noise have the standard deviation |q| / unit
  const noise = (geometry.unrest * unit) / Math.sqrt(d);
  alongDirections(tensor(row, [1, d]), codes.directions);
  for (let c = 0; c < width; c++) row[c]! *= noise;
  const gather = codes.gain.salience * geometry.gather * (looks ? 1 : geometry.glance) * unit;
  for (let c = 0; c < width; c++) row[c]! += gather * codes.outstanding[c]!;
  const next = token + 1 < stream.ids.length ? stream.contexts.of[token + 1]! : -1;
  if (next >= 0 && geometry.context > 0) {
    const factor = (geometry.induction * unit) / (Math.sqrt(geometry.context) * width);
    addRow(row, codes.contexts, next, factor);
  }
  averse(row, codes.mean, geometry.aversion * unit);
  const near = codes.gain.locality * geometry.locality * unit;
  setPosition(row, token, rotary, { factor: near / rotary.frequencies.length, left: 0 });
}

/** row += factor table[index], in the content's channels. */
function addRow(row: Float32Array, table: Tensor, index: number, factor: number): void {
  const d = row.length;
  const width = contentWidth(d);
  for (let c = 0; c < width; c++) row[c]! += factor * flat(table)[index * d + c]!;
}
