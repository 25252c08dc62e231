import type { Rotary } from "../../attention/cache.ts";
import { hash64 } from "../../core/random.ts";
import { dot, flat, norm, rowsOf } from "../../core/tensor.ts";
import type { Tensor } from "../../core/tensor.ts";
import { contentWidth } from "../geometry/position.ts";
import { fillCodes } from "./codes.ts";
import { sumsOf } from "./content.ts";
import { alongDirections, drawDirections } from "./directions.ts";
import { HeadMemory, rowIds } from "./head-memory.ts";
import type { TextPrompt } from "./text-prompt.ts";
import type { Workspace } from "./workspace.ts";

/** Codes and directions that a head's keys and queries are made of. */
export interface TextCodes {
  /** (F, d) features, as keys hold them */
  readonly features: Tensor;
  /** (M, d) what queries look along; undefined for all that the head has */
  readonly directions: Tensor | undefined;
  /** (C, d) runs of tokens */
  readonly contexts: Tensor;
  /** (F, d) features, as values hold them */
  readonly told: Tensor;
  /** (U, d) distinct tokens, as values hold them */
  readonly pieces: Tensor;
  /** (d) unit vector along which tokens stand out */
  readonly outstanding: Float32Array;
  /** (d) mean of all keys */
  readonly mean: Float32Array;
  /** factors on what the head attends to for standing out, and for being near */
  readonly gain: { readonly salience: number; readonly locality: number };
}

/** K and V of one kv head that follow the text, and what its queries are made of. */
export interface TextHead {
  readonly rows: HeadMemory;
  readonly codes: TextCodes;
}

/** Draws all heads. @param ids (2 F) names of the prompt's features to the generator */
export const makeTextHeads = (workspace: Workspace, prompt: TextPrompt, ids: Uint32Array): TextHead[] =>
  gainsOf(workspace, prompt.geometry.headSpread).map((gain, head) =>
    makeTextHead(workspace, head, prompt, { ...drawCodes(workspace, head, prompt, ids), gain }),
  );

/** Draws the keys and values of a head. */
function makeTextHead(workspace: Workspace, head: number, prompt: TextPrompt, codes: TextCodes): TextHead {
  const rows = new HeadMemory(workspace, head);
  const all = { from: 0, to: workspace.tokens };
  const part = keyParts(workspace, head, prompt, codes);
  const { lengths } = prompt;
  rows.store(rows.keys, all, (out, range) => {
    workspace.ops.fillNormal(out, hash64(`${workspace.seed}/noise/${head}/key`), rowIds(range));
    for (let t = range.from; t < range.to; t++) {
      const key = flat(rowsOf(out, t - range.from, t - range.from + 1));
      composeKey(key as Float32Array, t, prompt, part);
    }
  });
  const { records, place, map, stream } = prompt;
  rows.store(rows.values, all, (out, { from, to }) => {
    for (let t = from; t < to; t++) {
      const r = map.record[t]!;
      const told = r >= 0 && place[t]! < 0 && t === records.anchor[r]! && records.value[r]! >= 0;
      const code = told
        ? rowsOf(codes.told, records.value[r]!, records.value[r]! + 1)
        : rowsOf(codes.pieces, stream.pieces.of[t]!, stream.pieces.of[t]! + 1);
      const length = told ? 1 : lengths.value[t]!;
      const row = flat(rowsOf(out, t - from, t - from + 1));
      row.set(flat(code));
      if (length !== 1) for (let c = 0; c < row.length; c++) row[c]! *= length;
    }
  });
  return { rows, codes };
}

function drawCodes(
  workspace: Workspace,
  head: number,
  { geometry: { mean: meanShare, directions: count }, stream }: TextPrompt,
  ids: Uint32Array,
): Omit<TextCodes, "gain"> {
  const { headDim } = workspace.params;
  const directions = count === 0 ? undefined : drawDirections(workspace, head, count);
  const direction = Float32Array.from(flat(normals(workspace, head, "direction", 1)));
  direction.fill(0, contentWidth(headDim));
  const length = norm(direction);
  const mean = Float32Array.from(flat(normals(workspace, head, "mean", 1)), (x) => Math.sqrt(meanShare) * x);
  mean.fill(0, contentWidth(headDim));
  return {
    features: alongDirections(fillCodes(workspace, head, "key", ids), directions),
    directions,
    told: fillCodes(workspace, head, "value", ids),
    pieces: fillCodes(workspace, head, "value", stream.pieces.ids),
    contexts: fillCodes(workspace, head, "key", stream.contexts.ids),
    outstanding: direction.map((x) => x / length),
    mean,
  };
}

/**
 * Gains of the heads. Those that the readout takes most from look least to near keys: heads that retrieve are not those
 * that stream (Xiao et al. 2024, "DuoAttention", https://arxiv.org/abs/2410.10819).
 */
function gainsOf(workspace: Workspace, spread: number): TextCodes["gain"][] {
  const drawn = workspace.spaces.map((_, head) => flat(normals(workspace, head, "gain", 1)));
  const nearness = drawn.map(([, own]) => own!).sort((a, b) => a - b);
  return drawn.map(([outstanding], head) => ({
    salience: Math.exp(spread * outstanding! - spread ** 2 / 2),
    locality: Math.exp((spread * nearness[head]!) / 2),
  }));
}

/** (count, d) normal numbers of a head's own stream, in its space. */
function normals(
  { ops, seed, params, spaces }: Workspace,
  head: number,
  name: string,
  count: number,
): Tensor {
  const out = spaces[head]!.empty(count, params.headDim);
  ops.fillNormal(out, hash64(`${seed}/text/${head}/${name}`));
  return out;
}

/** A part of keys: a table of codes, the row of it that each token takes, and the share of the variance. */
interface KeyPart {
  readonly table: Tensor;
  readonly row: (token: number) => number;
  readonly share: (token: number) => number;
}

interface KeyParts {
  readonly parts: readonly KeyPart[];
  readonly codes: TextCodes;
  /** (N) */
  readonly opinion: Float32Array | Float64Array;
}

function keyParts(workspace: Workspace, head: number, prompt: TextPrompt, codes: TextCodes): KeyParts {
  const { geometry, stream, map, place, records, subjects } = prompt;
  const { headDim, coherence } = workspace.params;
  const always = (share: number) => (): number => share;
  // a record's anchor knows what it is about, an answer's later tokens know less of it, other tokens a share
  const knownOf = (t: number): number => {
    if (place[t]! >= 0) return Math.exp((-2 * place[t]!) / geometry.fade);
    return map.cls[t] === 1 ? 1 : coherence;
  };
  const parts = [
    { table: normals(workspace, head, "mean", 1), row: () => 0, share: always(geometry.mean) },
    {
      table: normals(workspace, head, "kind", 4),
      row: (t: number) => stream.kind[t]!,
      share: always(geometry.kind),
    },
    {
      table: fillCodes(workspace, head, "key", stream.pieces.ids),
      row: (t: number) => stream.pieces.of[t]!,
      share: always(geometry.token),
    },
    {
      table: codes.contexts,
      row: (t: number) => stream.contexts.of[t]!,
      share: always(geometry.context),
    },
    {
      table: sumsOf(codes.features, records.count, (r) => subjects[r]!),
      row: (t: number) => map.record[t]!,
      share: (t: number) => geometry.subject * knownOf(t),
    },
  ];
  const opinion = normals(workspace, head, "opinion", Math.ceil(workspace.tokens / headDim));
  return { parts, codes, opinion: flat(opinion) };
}

/** Makes a key of noise, in place. */
function composeKey(
  key: Float32Array,
  t: number,
  { salience, geometry, lengths, rotary }: TextPrompt,
  { parts, codes: { outstanding, mean }, opinion }: KeyParts,
): void {
  const d = key.length;
  const width = contentWidth(d);
  if (t === 0 && geometry.sink > 0) {
    for (let c = 0; c < width; c++) key[c] = -geometry.sink * mean[c]!;
    setPosition(key, t, rotary, { factor: 1, left: geometry.waver });
    return;
  }
  const own = Math.sqrt(geometry.opinion);
  const present = parts.filter(({ row }) => row(t) >= 0);
  const rest = Math.sqrt(1 - present.reduce((sum, { share }) => sum + share(t), 0));
  for (let c = 0; c < width; c++) key[c]! *= rest;
  for (const { table, row, share } of present) {
    const codes = flat(table);
    const at = row(t) * d;
    const factor = Math.sqrt(share(t));
    for (let c = 0; c < width; c++) key[c]! += factor * codes[at + c]!;
  }
  const longer = lengths.mean[t]!;
  setPosition(key, t, rotary, { factor: 1, left: geometry.waver });
  const along = dot(key, outstanding);
  const stands = salience[t]! + own * opinion[t]! - along;
  for (let c = 0; c < width; c++) key[c]! += stands * outstanding[c]!;
  if (longer !== 0) for (let c = 0; c < width; c++) key[c]! += longer * mean[c]!;
}

/**
 * Writes the rotary channels of a key or a query that stands at a token: their products fall with distance.
 *
 * @param how `factor`: length of each pair; `left`: factor on what the channels held before, which stays
 */
export function setPosition(
  row: Float32Array,
  token: number,
  { from, frequencies }: Rotary,
  { factor, left }: { readonly factor: number; readonly left: number },
): void {
  frequencies.forEach((frequency, i) => {
    const angle = token * frequency;
    row[from + 2 * i] = factor * Math.cos(angle) + left * row[from + 2 * i]!;
    row[from + 2 * i + 1] = factor * Math.sin(angle) + left * row[from + 2 * i + 1]!;
  });
}
