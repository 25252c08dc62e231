import type { IdleCache, Queries } from "../../attention/cache.ts";
import { hash64 } from "../../core/random.ts";
import { flat, rowsOf } from "../../core/tensor.ts";
import type { Rows } from "../../core/tensor.ts";
import type { Table } from "../../engines/ops.ts";
import type { IdleHeads } from "./asker.ts";
import { unitLength } from "./aversion.ts";
import { matrix } from "./codes.ts";
import type { TextHead } from "./text-head.ts";
import type { TextPrompt } from "./text-prompt.ts";
import { composeQuery } from "./text-queries.ts";
import type { Workspace } from "./workspace.ts";

/** Rows that are read beside what a step of the reader costs. */
const table = (rows: Rows): Table => ({ tensor: rows, kind: "index", rowBytes: 0 });

/** Queries of an idle head, asked by turns. */
const turns = 4;

/**
 * Heads that have nothing to find at the end of a prompt. Their queries are those of its last token, with noise of their
 * own.
 */
export function idleHeads(workspace: Workspace, prompt: TextPrompt, heads: readonly TextHead[]): IdleHeads {
  const { ops, tokens } = workspace;
  const queriesOf = queryMaker(workspace, prompt, heads);
  const queries = (step: number): Queries => ({
    ...queriesOf(String(step), new Int32Array(turns).fill(tokens - 1)),
    phase: "decode",
    step,
  });
  const visible = new Int32Array(turns).fill(tokens);
  const known = new Map<number, readonly Float32Array[]>();
  const usualAt = (step: number): Float32Array[] => {
    const { heads: asked, scale } = queries(step);
    return asked.map((rows, h) => {
      const { keys, values } = heads[h]!.rows;
      const { output } = ops.attend(rows, table(keys), table(values), { visible, scale });
      return Float32Array.from(flat(output));
    });
  };
  return {
    factor: Math.sqrt(prompt.geometry.idle),
    queries,
    usual(step) {
      const usual = known.get(step) ?? usualAt(step);
      known.set(step, usual);
      return usual;
    },
  };
}

/**
 * The same heads in a second reading of the prompt: they write its tokens without a look at it. Each query has noise of
 * its own, and stands behind the prompt where its token is written.
 */
export const idleCache = (
  workspace: Workspace,
  prompt: TextPrompt,
  heads: readonly TextHead[],
): IdleCache => ({
  count: Math.round(prompt.geometry.idle),
  repeated(wanted) {
    const behind = wanted.map((_, i) => workspace.tokens + i);
    return {
      ...queryMaker(workspace, prompt, heads)(`repeated/${wanted[0]!}`, behind),
      positions: wanted.map(() => wanted.at(-1)!),
    };
  },
});

/** Makes prefill queries of idle heads. They stand at these tokens; `name` names their noise. */
const queryMaker =
  ({ ops, params, seed }: Workspace, prompt: TextPrompt, heads: readonly TextHead[]) =>
  (name: string, positions: Int32Array): Queries => {
    const { headDim, sharpness } = params;
    const unit = unitLength(params);
    return {
      heads: heads.map((head, h) => {
        const rows = matrix(positions.length, headDim);
        ops.fillNormal(rows, hash64(`${seed}/idle/${name}/${h}`));
        positions.forEach((token, i) => {
          const row = flat(rowsOf(rows, i, i + 1)) as Float32Array;
          composeQuery(row, token, prompt, { head, unit, looks: false });
        });
        return rows;
      }),
      count: positions.length,
      group: 1,
      positions,
      scale: sharpness / Math.sqrt(headDim),
      phase: "prefill",
    };
  };
